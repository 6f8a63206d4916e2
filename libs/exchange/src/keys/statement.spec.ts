import * as fc from 'fast-check';
import { canonicalBytes, isBase64url, isInstant, isJson, jsonBytes, MAX_DEPTH, parseJson } from './statement';

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let n = 0; n < depth; n += 1) value = [value];
  return value;
};

describe('what can be signed', () => {
  it('is any JSON, spelt in one way', () => {
    expect(Buffer.from(canonicalBytes({ b: [1e21, -0, '\u20ac\u000f'], a: { y: null, x: true } })).toString()).toBe(
      '{"a":{"x":true,"y":null},"b":[1e+21,0,"€\\u000f"]}',
    );
  });

  it.each([
    ['not a number', Number.NaN],
    ['infinite', [Infinity]],
    ['a big integer', { n: 1n }],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a function', { f: () => 1 }],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udfff': 1 }],
    ['too deep', nested(MAX_DEPTH + 1)],
    ['far too deep', nested(100_000)],
  ])('is not %s', (_, value) => {
    expect(isJson(value)).toBe(false);
  });

  it('may be as deep as allowed, and lack members', () => {
    expect(isJson(nested(MAX_DEPTH))).toBe(true);
    expect(isJson({ absent: undefined })).toBe(true);
    expect(Buffer.from(canonicalBytes({ absent: undefined })).toString()).toBe('{}');
  });

  it('keeps a member named __proto__ apart from the prototype', () => {
    const value = parseJson(Buffer.from('{"__proto__":{"admin":true},"a":1}'));
    expect(value === undefined ? '' : Buffer.from(canonicalBytes(value)).toString()).toBe(
      '{"__proto__":{"admin":true},"a":1}',
    );
  });
});

describe('what was opened', () => {
  it.each([
    ['a byte-order mark', Buffer.from('\ufeff{}')],
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['no JSON', Buffer.from('{')],
    ['nesting without end', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))],
    ['a lone surrogate by escape', Buffer.from('"\\ud800"')],
  ])('is refused with %s', (_, bytes) => {
    expect(parseJson(bytes)).toBeUndefined();
  });

  it('is what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(isJson(value));
        expect(parseJson(jsonBytes(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('spellings', () => {
  it('takes base64url in its canonical spelling only', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isBase64url(Buffer.from(bytes).toString('base64url'))));
    for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+', 'A/', 'AA\n', ' AA', 'AAAAA'])
      expect([text, isBase64url(text)]).toEqual([text, false]);
  });

  it('takes instants with milliseconds in UTC only', () => {
    expect(isInstant('2026-11-23T01:12:09.120Z')).toBe(true);
    for (const text of [
      '2026-02-30T00:00:00.000Z',
      '2026-11-23T01:12:09Z',
      '2026-11-23T01:12:09.120+08:00',
      '2026-11-23',
      5,
    ]) {
      expect([text, isInstant(text)]).toEqual([text, false]);
    }
  });
});
