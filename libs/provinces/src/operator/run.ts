import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadSettings, readSettings } from '@chuanyu/service';
import { backUp } from './backup';
import { Mistake, OperatorGround } from './ground';
import { listLetters, redrive } from './letters';
import { acceptPeer, showOwn } from './pairing';
import { setPassword } from './password';

const USAGE = `letters [<group>] | redrive <group> <key> | pairing show [--address <address>]… |
pairing accept <file> <digits> | password <officer> | backup <folder>
with the settings of a service in the environment, or --data <folder of a province> where it runs on files`;

/** One command of an operator, as a process. */
export const runOperator = async (words: readonly string[]): Promise<void> => {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { data: { type: 'string' }, address: { type: 'string', multiple: true, default: [] } },
    });
    const data = values.data === undefined ? undefined : resolve(values.data);
    // Pairing comes before there is anything else.
    if (data !== undefined && positionals[0] !== 'pairing' && !existsSync(data))
      throw new Mistake(`${data} is not the folder of a province`);
    const said = data === undefined ? {} : { CHUANYU_DATA: data, CHUANYU_PROVINCE: basename(data) };
    const ground = await OperatorGround.of(readSettings(undefined, said), (line) => {
      process.stdout.write(`${line}\n`);
    });
    try {
      await command(ground, positionals, values.address);
    } finally {
      await ground.close();
    }
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
};

type Command = (ground: OperatorGround, words: readonly string[], addresses: readonly string[]) => Promise<void>;
const commands: Readonly<Record<string, Command>> = {
  letters: listLetters,
  redrive,
  'pairing show': (ground, _, addresses) => showOwn(ground, addresses),
  'pairing accept': acceptPeer,
  password: (ground, words) => setPassword(ground, words, process.stdin),
  backup: backUp,
};
const command: Command = async (ground, [verb = '', what = '', ...rest], addresses) => {
  const [name, words] = verb === 'pairing' ? [`${verb} ${what}`, rest] : [verb, what === '' ? [] : [what, ...rest]];
  const named = commands[name];
  if (!named) throw new Mistake(USAGE);
  await named(ground, words, addresses);
};

/** A mistake of the operator's is said in a sentence; a fault of ours shows where it is. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isSaid = error instanceof Mistake || error instanceof BadSettings || 'code' in error;
  return isSaid ? error.message : (error.stack ?? error.message);
};
