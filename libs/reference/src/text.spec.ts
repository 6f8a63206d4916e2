import { checkLine, checkPersonName, checkText, hasFullWidth, lengthOf } from './text';

const code = (text: string, max = 20) => checkLine(text, { max })?.code;

describe('a line', () => {
  test.each(['四川省成都监狱', 'a', '含 空格', '😀', '（2026）川0107刑初12号', '𠮷'])('%s is acceptable', (text) => {
    expect(code(text)).toBeUndefined();
  });
  test.each([
    ['a\u0000b', 'control-character'],
    ['a\tb', 'control-character'],
    ['a\u009bb', 'control-character'],
    ['a\nb', 'line-break'],
    ['a\rb', 'line-break'],
    ['a\u2028b', 'line-break'],
    ['a\ud800', 'lone-surrogate'],
    ['\udc00a', 'lone-surrogate'],
    ['a\u202eb', 'bidi-control'],
    ['a\u2066b', 'bidi-control'],
    ['a\u200eb', 'bidi-control'],
    ['a\u200bb', 'zero-width'],
    ['张\u200d伟', 'zero-width'],
    ['\ufeffa', 'zero-width'],
    ['a\u2060b', 'zero-width'],
    ['a\u00adb', 'zero-width'],
    ['a\ufffdb', 'unreadable'],
    [' a', 'blank-ends'],
    ['a\u3000', 'blank-ends'],
    ['   ', 'blank-ends'],
    ['', 'too-short'],
    ['一'.repeat(21), 'too-long'],
  ])('%j: %s', (text, expected) => {
    expect(code(text)).toBe(expected);
  });
  it('counts code points, not UTF-16 units', () => {
    expect(lengthOf('😀𠮷a')).toBe(3);
    expect(code('😀'.repeat(64), 64)).toBeUndefined();
    expect(code('😀'.repeat(65), 64)).toBe('too-long');
  });
  it('says how long it may be, and never what was written', () => {
    expect(checkLine('机密机密', { max: 3 })?.message).toBe('不得超过 3 个字，现为 4 个字');
    expect(checkLine('机', { min: 2, max: 3 })?.message).toBe('不得少于 2 个字');
  });
});

describe('a text', () => {
  it('may have lines, divided by \\n alone', () => {
    expect(checkText('一\n\n二', { max: 9 })).toBeUndefined();
    expect(checkText('一\r\n二', { max: 9 })?.code).toBe('control-character');
    expect(checkText('一\u2028二', { max: 9 })?.code).toBe('control-character');
    expect(checkText('一\n', { max: 9 })?.code).toBe('blank-ends');
  });
});

describe('a name', () => {
  test.each([
    '张伟',
    '欧阳若兰',
    '阿卜杜拉·买买提',
    '𠮷田',
    '㐂',
    '\u{30000}一',
    '〇',
    '王',
    'Zhang Wei',
    'Anne-Marie O’Neill',
    'José',
    'John Q. Public',
    '一'.repeat(50),
  ])('%s is one', (name) => {
    expect(checkPersonName(name)).toBeUndefined();
  });
  test.each([
    ['阿卜杜拉•买买提', 'wrong-dot'],
    ['阿卜杜拉・买买提', 'wrong-dot'],
    ['阿卜杜拉.买买提', 'wrong-dot'],
    ['·买买提', 'not-a-name'],
    ['阿卜··买买提', 'not-a-name'],
    ['张 伟', 'not-a-name'],
    ['张伟1', 'not-a-name'],
    ['张Wei', 'not-a-name'],
    ['Ｗｅｉ·张', 'not-a-name'],
    ['=HYPERLINK', 'not-a-name'],
    ['John  Public', 'not-a-name'],
    ['张\u202e伟', 'bidi-control'],
    ['张\u200b伟', 'zero-width'],
    ['张伟 ', 'blank-ends'],
    ['', 'too-short'],
    ['一'.repeat(51), 'too-long'],
  ])('%j: %s', (name, expected) => {
    expect(checkPersonName(name)?.code).toBe(expected);
  });
});

it('sees full-width letters and digits', () => {
  expect(hasFullWidth('１23')).toBe(true);
  expect(hasFullWidth('张123')).toBe(false);
});
