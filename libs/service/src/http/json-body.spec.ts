import { Refusal } from '@chuanyu/contracts';
import { readJson } from './json-body';

const read = (text: string) => readJson(Buffer.from(text));

it.each([
  ['{"a":1,"b":[{"a":1},{"a":2}],"c":{"a":"\\ud83d\\ude00"}}'],
  ['[]'],
  ['"{\\"a\\":1,\\"a\\":2}"'],
  ['{"text":"[[[[{{{{\\\\","n":-1.5e3,"max":9007199254740991}'],
  [`${'['.repeat(64)}${']'.repeat(64)}`],
])('reads %s as it is', (text) => {
  expect(read(text)).toEqual(JSON.parse(text));
});

it.each([
  ['nothing', '', '完整'],
  ['half', '{"a":', '完整'],
  ['a byte order mark', '\ufeff{}', 'BOM'],
  ['a NUL', '{"a":"\u0000"}', '完整'],
  ['a key twice', '{"a":1,"a":2}', '两次'],
  ['a key twice, once spelt otherwise', '{"a":1,"\\u0061":2}', '两次'],
  ['a key twice, deep inside', '{"x":[{"b":{"a":{},"c":[],"a":1}}]}', '两次'],
  ['a prototype', '{"__proto__":{"a":1}}', '__proto__'],
  ['a prototype, spelt otherwise', '{"a":{"\\u005f_proto__":1}}', '__proto__'],
  ['a constructor', '{"constructor":{"prototype":1}}', 'constructor'],
  ['half a surrogate pair', '{"a":"\\ud800"}', '残缺'],
  ['an endless number', '{"a":1e400}', '精确'],
  ['a number that is rounded', '{"a":9007199254740993}', '精确'],
  ['a deep nest', `${'['.repeat(65)}${']'.repeat(65)}`, '64'],
  ['a bottomless nest', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, '64'],
  ['many quotes and no end', `"${'\\"'.repeat(500_000)}`, '完整'],
])('refuses %s', (_what, text, why) => {
  expect(() => read(text)).toThrow(why);
  expect(() => read(text)).toThrow(Refusal);
});
it('refuses what is not UTF-8', () => {
  expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('UTF-8');
});
it('takes a text of nothing but escapes', () => {
  expect(read(`"${'\\"'.repeat(500_000)}"`)).toBe('"'.repeat(500_000));
});
it('takes half a million elements', () => {
  const text = `[${'0,'.repeat(499_999)}0]`;
  expect(read(text)).toHaveLength(500_000);
});
