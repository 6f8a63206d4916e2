import { birthDateOf, checkDigit, checkResidentId, maskName, maskResidentId } from './resident-id';

/** A number with the right check digit for its first 17. */
const numbered = (digits: string) => digits + checkDigit(digits);
const code = (text: string, today = '2026-11-22') => checkResidentId(text, today)?.code;

describe('a citizen identification number', () => {
  // The standard's own examples (GB 11643-1999, 附录).
  test.each(['11010519491231002X', '440524188001010014'])('%s is right', (number) => {
    expect(code(number)).toBeUndefined();
  });
  it('is right with every check digit', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => numbered(`5101071990010${String(1000 + i)}`));
    expect(new Set(numbers.map((number) => number[17])).size).toBe(11);
    expect(numbers.map((number) => code(number))).toEqual(numbers.map(() => undefined));
  });
  test.each([
    ['110105194912310021', 'check-digit'],
    ['11010519491231002x', 'lower-case-x'],
    ['110105491231002', 'fifteen-digits'],
    ['1101051949123100', 'length'],
    ['11010519491231002XX', 'length'],
    ['', 'length'],
    ['１１０１０５１９４９１２３１００２Ｘ', 'full-width'],
    ['11010519491231００2X', 'full-width'],
    ['1101051949123100XX', 'characters'],
    ['11010519491231 02X', 'characters'],
    ['11010519491231002\n', 'characters'],
    [numbered('99010519491231002'), 'province'],
    [numbered('51010719900230001'), 'date'],
    [numbered('51010719901301001'), 'date'],
    [numbered('51010719010229001'), 'date'],
    [numbered('51010718490101001'), 'date'],
    [numbered('51010720261123001'), 'future'],
  ])('%s: %s', (number, expected) => {
    expect(code(number)).toBe(expected);
  });
  it('may be of someone born today, or of a resident from Taiwan', () => {
    expect(code(numbered('51010720261122001'))).toBeUndefined();
    expect(code(numbered('83000019900101001'))).toBeUndefined();
  });
  it('sees every single wrong digit and every swap of neighbours', () => {
    const right = '11010519491231002X';
    for (let i = 0; i < 17; i++) {
      for (const digit of '0123456789') {
        if (digit !== right[i]) expect(code(right.slice(0, i) + digit + right.slice(i + 1))).toBeDefined();
      }
      if (i < 16 && right[i] !== right[i + 1]) {
        expect(code(right.slice(0, i) + right.charAt(i + 1) + right.charAt(i) + right.slice(i + 2))).toBeDefined();
      }
    }
  });
  it('does not repeat the number in the fault', () => {
    expect(JSON.stringify(checkResidentId('110105194912310021'))).not.toContain('1949');
  });
  it('tells the date of birth', () => {
    expect(birthDateOf('11010519491231002X')).toBe('1949-12-31');
    expect(birthDateOf('510107199002300010')).toBeUndefined();
  });
});

describe('masking', () => {
  it('leaves the ends of a number', () => {
    expect(maskResidentId('510107199001011234')).toBe('5101**********1234');
    expect(maskResidentId('5101071990')).toBe('******');
  });
  it('leaves the first character of a name, whatever its plane', () => {
    expect(maskName('张伟')).toBe('张**');
    expect(maskName('阿卜杜拉·买买提')).toBe('阿**');
    expect(maskName('𠮷田一郎')).toBe('𠮷**');
    expect(maskName('')).toBe('**');
  });
});
