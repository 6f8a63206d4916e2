import { checkUnifiedCreditCode, creditCodeCheckCharacter } from './unified-credit-code';

const RIGHT = '91350100M000100Y43';

describe('a unified social credit code', () => {
  it('is right with its check character', () => {
    // The example of GB 32100-2015, and two published by well-known companies.
    for (const code of [RIGHT, '91440300708461136T', '914403001922038216'])
      expect(checkUnifiedCreditCode(code)).toBeUndefined();
    expect(creditCodeCheckCharacter(RIGHT)).toBe('3');
  });
  it('with a wrong check character is only a warning', () => {
    expect(checkUnifiedCreditCode('91350100M000100Y44')).toMatchObject({ code: 'check-character', warning: true });
  });
  test.each([
    ['', 'length'],
    [`${RIGHT}0`, 'length'],
    ['９1350100M000100Y43', 'full-width'],
    [RIGHT.toLowerCase(), 'lower-case'],
    ['9135010AM000100Y43', 'division'],
    ['91350100M00010-Y43', 'characters'],
    ...['I', 'O', 'S', 'V', 'Z'].map((letter) => [`91350100M00010${letter}Y43`, 'characters']),
  ])('%s: %s', (code, expected) => {
    expect(checkUnifiedCreditCode(code)).toMatchObject({ code: expected, warning: false });
  });
});
