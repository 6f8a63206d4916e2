import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { revokeKey } from '@chuanyu/exchange';
import { ProvinceFiles } from '@chuanyu/provinces';
import { MovableClock } from '@chuanyu/reference';

const usage = 'script/keys show|rotate|revoke --data <folder of a province> [--from <UTC instant>] [--kid <key>]';
const fail = (why: string): never => {
  throw new Error(`${why}\n${usage}`);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: 'string' }, from: { type: 'string' }, kid: { type: 'string' } },
  });
  const { data, from, kid } = values;
  if (data === undefined || !existsSync(data)) return fail('--data must name the folder of a province');
  if (from !== undefined && (Number.isNaN(Date.parse(from)) || new Date(from).toISOString() !== from))
    return fail('--from must be a UTC instant, e.g. 2026-12-01T00:00:00.000Z');
  const files = new ProvinceFiles(data);
  if (!existsSync(files.file('keyring.json'))) return fail(`${data} holds no keyring.json`);
  const clock = new MovableClock(await files.clockOffset());
  const keyring = await files.keyring(clock);
  switch (positionals.join(' ')) {
    case 'show':
      return list('own', keyring.publicKeys());
    case 'rotate': {
      const next = await keyring.rotate(clock.now(), from === undefined ? {} : { from });
      await files.saveKeyring(next);
      list('own', next.publicKeys());
      return console.log(
        'The exchange announces the next keys within a minute, and again until every peer has taken them.',
      );
    }
    case 'revoke': {
      const pairing = await files.pairing();
      const holder = pairing?.peers.find(({ keys }) => keys.some((key) => key.kid === kid));
      if (!pairing || !holder || kid === undefined) return fail('--kid must name a key of a peer in pairing.json');
      await files.savePairing(revokeKey(pairing, kid, from ?? clock.now()));
      return console.log(`${kid} of ${holder.province} is revoked. Pair again by telephone, with new keys.`);
    }
    default:
      return fail('what is to be done?');
  }
};
const list = (
  whose: string,
  keys: readonly { use: string; kid: string; signsFrom: string; signsUntil: string; status: string }[],
) => {
  for (const key of keys)
    console.log(`${whose} ${key.use} ${key.kid} ${key.status} from ${key.signsFrom} until ${key.signsUntil}`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
