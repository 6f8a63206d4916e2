import { checkFileName, cleanFileName, extensionOf } from './file-name';

describe('the name of a file', () => {
  it.each(['评估表.pdf', '川监释字（2026）12号 附件.docx', 'a.b.csv', '𠮷.txt'])('%s is one', (name) => {
    expect(checkFileName(name)).toBeUndefined();
  });
  it.each([
    ['', 'too-short'],
    ['a/b.pdf', 'path'],
    ['..\\b.pdf', 'path'],
    ['.pdf', 'path'],
    ['报告', 'no-extension'],
    ['报告.表格', 'no-extension'],
    ['a\u202Efdp.exe', 'bidi-control'],
    ['a\u200B.pdf', 'zero-width'],
    ['a\n.pdf', 'line-break'],
    ['a\0.pdf', 'control-character'],
    [' a.pdf', 'blank-ends'],
    [`${'长'.repeat(120)}.pdf`, 'too-long'],
  ])('%j is none: %s', (name, code) => {
    expect(checkFileName(name)?.code).toBe(code);
  });
});

it('is cleaned of paths and of what cannot be seen', () => {
  expect(cleanFileName('C:\\Users\\张\\桌面\\评估表.pdf')).toBe('评估表.pdf');
  expect(cleanFileName('../../etc/passwd.txt')).toBe('passwd.txt');
  expect(cleanFileName('a\u202Efdp\u0000.exe')).toBe('afdp.exe');
  expect(cleanFileName('..a<b>.csv')).toBe('a_b_.csv');
  expect(cleanFileName('  评估 .pdf ')).toBe('评估.pdf');
  const long = cleanFileName(`${'长'.repeat(500)}.pdf`);
  expect([[...long].length, checkFileName(long)]).toEqual([120, undefined]);
  expect(checkFileName(cleanFileName('\u202E'))?.code).toBe('too-short');
});

it('has an ending', () => {
  expect([extensionOf('A.PDF'), extensionOf('a'), extensionOf('a.b.docx')]).toEqual(['pdf', '', 'docx']);
});
