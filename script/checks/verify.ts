import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isKeySet, readKeySet, verifyExports, type Verdict } from '@chuanyu/exchange';
import { workflows } from '@chuanyu/workflows';

/** 0: sound · 1: a record is bad · 2: nothing could be verified. */
const main = async (): Promise<0 | 1 | 2> => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { keys: { type: 'string' } } });
  const [one, other] = positionals;
  if (one === undefined || other === undefined || positionals.length > 2) {
    console.error('script/verify <export of one side> <export of the other> [--keys <public keys, JSON>]');
    return 2;
  }
  const keys = values.keys === undefined ? undefined : await readKeySet(JSON.parse(readFileSync(values.keys, 'utf8')));
  if (keys && !isKeySet(keys)) {
    console.error([`${values.keys ?? ''}:`, ...keys.map(({ pointer, detail }) => `  ${pointer} ${detail}`)].join('\n'));
    return 2;
  }
  const files = [one, other].map((name) => ({ name, text: readFileSync(name, 'utf8') }));
  const verdict = await verifyExports(files, { workflows, ...(keys ? { keys } : {}) });
  tell(verdict);
  return verdict.sound ? 0 : 1;
};

const tell = ({ bad, warnings, case: id, workflow, events, fingerprints }: Verdict): void => {
  for (const { province, fingerprint } of fingerprints) console.log(`公钥指纹 ${province}\n  ${fingerprint}`);
  for (const warning of warnings) console.log(`注意 ${warning}`);
  if (!bad)
    return console.log(`✓ ${workflow ?? ''} ${id ?? ''}：${events} 条记录两地一致，哈希、签名、办理权均无误 sound`);
  const sequence = bad.sequence === null ? '' : ` 序号 ${bad.sequence}`;
  console.log(`✗ ${bad.file} 第 ${bad.line} 行${sequence} ${bad.code}：${bad.detail}`);
};

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
