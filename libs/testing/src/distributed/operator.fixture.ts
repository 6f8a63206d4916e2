import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';

const root = join(__dirname, '..', '..', '..', '..');

/** What an operator of each province sees on secured servers in `engines`: groups that are behind or have letters, and the letters. */
export const unfinishedIn = async (
  engines: string,
  dataOf: (province: string) => string,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const province of ['sichuan', 'chongqing']) {
    const operator = parseEnv(await readFile(join(engines, province, 'operator.environment'), 'utf8'));
    // Settings of the tests are none of the operator's.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(CHUANYU_|NODE_OPTIONS$)/.test(name)),
    );
    const own = { CHUANYU_PROVINCE: province, CHUANYU_DATA: dataOf(province) };
    const ask = async (...words: readonly string[]) =>
      (
        await promisify(execFile)(join(root, 'script', 'operator'), ['letters', ...words], {
          cwd: root,
          env: { ...env, ...operator, ...own },
        })
      ).stdout
        .trim()
        .split('\n');
    for (const line of await ask()) {
      if (line.endsWith('behind 0, dead 0, parked 0')) continue;
      const [, group, dead] = /^(\S+) on .* dead (\d+)/.exec(line) ?? [];
      lines.push(`${province}: ${line}`, ...(group === undefined || dead === '0' ? [] : await ask(group)));
    }
  }
  return lines;
};

/** Those of its lines that tell of a dead letter. */
export const deadOf = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.includes('dead 0, parked 0'));

/** Runs a test; where it fails, it says what the services said and what an operator would find. */
export const telling = async (
  said: () => readonly string[],
  unfinished: () => Promise<readonly string[]>,
  test: () => Promise<void>,
): Promise<void> => {
  try {
    await test();
  } catch (error) {
    const all = [...said(), 'an operator finds:', await unfinished().catch(String)].flat();
    throw new Error(`${String(error)}; the services said:\n${all.join('\n')}`, { cause: error });
  }
};
