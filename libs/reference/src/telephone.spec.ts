import { checkTelephone, maskTelephone, normaliseTelephone } from './telephone';

describe('a telephone number', () => {
  test.each([
    ['13812345678', '13812345678'],
    ['138 1234 5678', '13812345678'],
    ['138-1234-5678', '13812345678'],
    ['+86 13812345678', '13812345678'],
    ['+86-138-1234-5678', '13812345678'],
    ['008613812345678', '13812345678'],
    ['023-67551234', '023-67551234'],
    ['02367551234', '023-67551234'],
    ['(023)67551234', '023-67551234'],
    ['+86 23 67551234', '023-67551234'],
    ['010 62345678', '010-62345678'],
    ['0816-2212345', '0816-2212345'],
    ['0816-2212345-1', '0816-2212345-1'],
    ['0571 88888888', '0571-88888888'],
    ['028-86123456-801', '028-86123456-801'],
    ['4001234567', '400-123-4567'],
    ['400-12-34567', '400-123-4567'],
    ['800 123 4567', '800-123-4567'],
  ])('%s is written %s', (text, expected) => {
    expect(normaliseTelephone(text)).toBe(expected);
    expect(normaliseTelephone(expected)).toBe(expected);
    expect(checkTelephone(text)).toBeUndefined();
  });
  test.each([
    ['12812345678', 'not-a-number'],
    ['1381234567', 'not-a-number'],
    ['67551234', 'not-a-number'],
    ['023-6755123', 'not-a-number'],
    ['023-17551234', 'not-a-number'],
    ['0816-221234', 'not-a-number'],
    ['-13812345678', 'not-a-number'],
    ['138--12345678', 'not-a-number'],
    ['１３８12345678', 'full-width'],
    ['138 1234 567a', 'characters'],
    ['13812345678\n', 'characters'],
    ['', 'characters'],
  ])('%j: %s', (text, expected) => {
    expect(checkTelephone(text)?.code).toBe(expected);
  });
  test.each([
    ['13812345678', '138****5678'],
    ['(023) 67551234', '023-****1234'],
    ['028-86123456-801', '028-****3456'],
    ['400-123-4567', '400-****4567'],
    ['unknown', '****'],
  ])('%s is masked %s', (text, expected) => {
    expect(maskTelephone(text)).toBe(expected);
  });
});
