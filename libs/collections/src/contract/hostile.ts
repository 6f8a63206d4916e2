import { Duplicate } from '../port';
import { aMessage, fill, found, pages, type CaseFile, type Stage } from './stage';

/** Strings that some engine, driver or encoding trips over; all of them are different strings. */
const HOSTILE: readonly string[] = [
  '',
  ' ',
  '$',
  '$ne',
  '.',
  'a.b',
  "'",
  '"',
  "' OR 1=1 --",
  '\\',
  '%',
  '_',
  '*',
  '/.*/',
  'null',
  'true',
  '1',
  '1.0',
  '__proto__',
  'constructor',
  'NaN',
  '\0',
  '\0a',
  'a',
  'a\0',
  'a\0b',
  'A',
  'a ',
  '\ud800',
  '\udfff',
  '\ud800x',
  '\ud801x',
  '\udc00\ud800',
  '\ufffd',
  '\ufffdx',
  '\ufeff',
  '\u{10ffff}',
  '\u{10ffff}00d800',
  '\u{1f600}',
  'é',
  'e\u0301',
  '\u202e',
  '\u200b',
  '\n',
  '\r\n',
];

export function hostileContract(stage: Stage): void {
  test('any string is an id, a value, a claim and a message, and is not taken for another', async () => {
    const cases = await stage.collection();
    const file = (text: string): CaseFile => ({ id: text, state: text, claims: [text], words: [text], note: text });
    await Promise.all(
      HOSTILE.map((text) =>
        cases.insert(file(text), [aMessage(text, { key: text, headers: { h: text }, value: text })]),
      ),
    );
    for (const text of HOSTILE) {
      expect((await cases.get(text))?.document).toEqual(file(text));
      expect(await found(cases, { state: text })).toEqual([text]);
      expect(await found(cases, { state: { in: [text, 'never'] } })).toEqual([text]);
      expect(await found(cases, { state: { gte: text, lte: text } })).toEqual([text]);
      expect(await found(cases, { claims: { all: [text] } })).toEqual([text]);
      expect(await found(cases, { words: { any: [text] } })).toEqual([text]);
      expect(await cases.count({ where: { state: { not: text } } })).toBe(HOSTILE.length - 1);
      await expect(cases.insert({ id: 'another', claims: [text] })).rejects.toThrow(Duplicate);
    }
    const tally = await cases.tally(['state']);
    expect(new Set(tally.map(({ values }) => values[0]))).toEqual(new Set(HOSTILE));
    expect((await cases.pending(100)).map(({ value }) => value)).toEqual(HOSTILE);
    for (const sort of [undefined, { by: 'state', order: 'descending' } as const]) {
      const shown = (await pages(cases, { limit: 1, ...(sort && { sort }) })).flat();
      expect(shown).toHaveLength(HOSTILE.length);
      expect(new Set(shown)).toEqual(new Set(HOSTILE));
    }
    await cases.settle(HOSTILE.slice(1));
    expect((await cases.pending(100)).map(({ id }) => id)).toEqual(HOSTILE.slice(0, 1));
  });

  test('any string is a key of a document, at any depth', async () => {
    const cases = await stage.collection();
    const json = `{${HOSTILE.map((text) => `${JSON.stringify(text)}: {${JSON.stringify(text)}: 1}`).join(',')}}`;
    const note: unknown = JSON.parse(json);
    await cases.insert({ id: 'a', note });
    const read = (await cases.get('a'))?.document.note;
    expect(JSON.stringify(read)).toBe(JSON.stringify(note));
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  test('only own properties of objects are data: no prototypes, no dotted keys, no places in arrays', async () => {
    const cases = await stage.collection({
      fields: ['__proto__.polluted', 'note.length', 'note.0', 'note.constructor.name', 'person.name'],
      sets: {},
      indexes: [],
    });
    const odd: CaseFile = JSON.parse(
      '{ "id": "b", "__proto__": { "polluted": true }, "person.name": "李四", "note": ["first"] }',
    );
    await fill(cases, [{ id: 'a', note: 'text' }, odd, { id: 'c', note: {} }]);
    expect(await found(cases, { '__proto__.polluted': true })).toEqual(['b']);
    expect(await found(cases, { 'note.length': null, 'note.0': null, 'note.constructor.name': null })).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(await found(cases, { 'person.name': '李四' })).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(JSON.stringify((await cases.get('b'))?.document)).toBe(JSON.stringify(odd));
  });

  test('names that differ in capitals only are different names', async () => {
    const paths = {
      fields: ['caseId', 'caseid'],
      sets: { Words: { unique: false }, words: { unique: false } },
      indexes: [],
    };
    const cases = await stage.collection(paths);
    const others = await stage.collection({ ...paths, name: cases.definition.name.toUpperCase() });
    const odd: CaseFile = JSON.parse('{ "id": "a", "caseId": 1, "caseid": 2, "Words": ["x"], "words": ["y"] }');
    await cases.insert(odd);
    expect(await found(cases, { caseId: 1, caseid: 2, Words: { all: ['x'] }, words: { all: ['y'] } })).toEqual(['a']);
    expect(await others.count()).toBe(0);
  });

  test('a value where a scalar is meant is opaque', async () => {
    const cases = await stage.collection();
    const odd: CaseFile = JSON.parse('{ "id": "a", "state": { "$gt": "" }, "rank": [1], "person": "nobody" }');
    await cases.insert(odd);
    expect(await found(cases, { state: null, rank: null, 'person.name': null })).toEqual(['a']);
    expect((await cases.get('a'))?.document).toEqual(odd);
  });

  test('what is no document is refused and leaves nothing', async () => {
    const cases = await stage.collection();
    const wrong: CaseFile[] = JSON.parse('[{}, { "id": 1 }, { "id": null }, [], "a"]');
    for (const document of wrong) await expect(cases.insert(document)).rejects.toThrow('needs an id');
    const circular: { id: string; note: unknown } = { id: 'a', note: undefined };
    circular.note = circular;
    await expect(cases.insert(circular)).rejects.toThrow(TypeError);
    expect(await cases.count()).toBe(0);
  });
}
