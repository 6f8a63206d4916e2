import { LetterIndex, type Entry } from './letter-index';

const letter = (offset: number, key = 'a', more: Partial<Entry> = {}): Entry => ({
  ...{ id: `letter ${offset}`, topic: 'prison.inbound', partition: 3, key, offset, parked: false },
  ...{ first: offset, at: offset, ...more },
});
const place = (key: string) => ({ topic: 'prison.inbound', partition: 3, key });

let index: LetterIndex;
beforeEach(() => {
  index = new LetterIndex();
  for (const entry of [letter(7), letter(9, 'a', { parked: true }), letter(5, 'b')]) index.bury(entry);
});

test('a key is blocked from its lowest letter on, until its last is released', () => {
  expect(index.blocked('prison.inbound', 3)).toEqual([
    ['a', 7],
    ['b', 5],
  ]);
  expect(index.blocked('prison.inbound', 4)).toEqual([]);
  index.release('letter 7');
  index.release('letter 5');
  expect(index.blocked('prison.inbound', 3)).toEqual([['a', 9]]);
});

test('a letter that was buried again keeps its place in the list, and is read where it is now', () => {
  index.bury(letter(7, 'a', { at: 20 }));
  expect(index.list(9).map(({ offset, at }) => [offset, at])).toEqual([
    [5, 5],
    [7, 20],
    [9, 9],
  ]);
  expect(index.of(place('a')).map(({ offset }) => offset)).toEqual([7, 9]);
});

test('a request stands until the last letter of its key is released, or one of them dies again', () => {
  index.request(place('a'));
  index.release('letter 7');
  expect(index.requests).toEqual([place('a')]);
  index.release('letter 9');
  expect(index.requests).toEqual([]);
  index.request(place('b'));
  index.bury(letter(6, 'b', { parked: true }));
  expect(index.requests).toEqual([place('b')]);
  index.bury(letter(5, 'b', { at: 30 }));
  expect(index.requests).toEqual([]);
});

test('a request for a key without letters says nothing: an old one outlives compaction', () => {
  index.request(place('never seen'));
  expect(index.requests).toEqual([]);
});
