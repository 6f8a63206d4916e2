import { filesOf } from './attachments';
import { applicant, refusalOf, Stage, visit, warden } from './stage.fixture';

const hash = (letter: string) => letter.repeat(64);
const aFile = (letter: string) => ({ hash: hash(letter), name: '材料.pdf', type: 'application/pdf', size: 10 });
const opened = (...uploaded: readonly string[]) => {
  const stage = Stage.opened();
  for (const letter of uploaded) {
    stage.counterpart.uploaded.set(`cq-prison ${hash(letter)}`, { size: 10, type: 'application/pdf' });
  }
  return stage;
};
const withFiles = { answer: '收到', draft: aFile('a'), papers: [{ file: aFile('b') }] };

describe('a file that a form names', () => {
  test('given files uploaded by the unit, when the step is taken, then what is shared crosses and what is private stays', () => {
    const stage = opened('a', 'b');
    stage.counterpart.take('note', warden, withFiles);
    const [event] = stage.counterpart.said('step').map((message) => message.event);
    expect(event?.data.form).toEqual({ answer: '收到', papers: [{ file: aFile('b') }] });
    expect(event?.private?.form).toEqual({ draft: aFile('a') });
    expect(filesOf(stage.counterpart.document, visit)).toEqual([hash('b'), hash('a')]);
    stage.carry();
    expect(filesOf(stage.origin.document, visit)).toEqual([hash('b')]);
  });
  test('given a hash that nobody uploaded, when it is named, then each is refused where it stands', () => {
    const stage = opened('a');
    const refusal = refusalOf(() => stage.counterpart.take('note', warden, withFiles));
    expect([refusal?.code, refusal?.more.errors]).toMatchObject([
      'bad-form',
      [{ pointer: '/form/papers/0/file', rule: 'not-uploaded' }],
    ]);
  });
  test('given another unit’s upload, when it is named, then to know its hash gives no right to it', () => {
    const stage = Stage.opened();
    stage.counterpart.uploaded.set(`cq-other ${hash('a')}`, { size: 10, type: 'application/pdf' });
    expect(
      refusalOf(() => stage.counterpart.take('note', warden, { answer: '收到', draft: aFile('a') }))?.more.errors,
    ).toMatchObject([{ pointer: '/form/draft', rule: 'not-uploaded' }]);
  });
  test('given another size or type than was stored, when it is named, then it is refused', () => {
    const stage = opened('a');
    for (const draft of [
      { ...aFile('a'), size: 11 },
      { ...aFile('a'), type: 'image/png' },
    ])
      expect(
        refusalOf(() => stage.counterpart.take('note', warden, { answer: '收到', draft }))?.more.errors,
      ).toMatchObject([{ pointer: '/form/draft', rule: 'other-file' }]);
  });
  test('given a form that stands, when it is corrected, then its file is kept without a new upload, and another is looked for', () => {
    const stage = opened('a', 'b');
    stage.counterpart.take('note', warden, withFiles);
    stage.counterpart.uploaded.clear();
    stage.carry();
    const correction = { step: 'note', sequence: 2, reason: '有误' };
    const form = { ...withFiles, answer: '已收到' };
    const wrong = { ...form, draft: aFile('c') };
    expect(
      refusalOf(() => stage.counterpart.take('correct', warden, { ...correction, form: wrong }))?.more.errors,
    ).toMatchObject([{ pointer: '/form/form/draft', rule: 'not-uploaded' }]);
    stage.counterpart.take('correct', warden, { ...correction, form });
    stage.carry();
    expect(stage.isOne).toBe(true);
  });
  test('given the other side’s file, when it is named in an own form, then it is refused: it may not be ours to show', () => {
    const stage = opened('a', 'b');
    stage.counterpart.take('note', warden, withFiles);
    stage.carry();
    const papers = [{ file: aFile('b') }];
    expect(
      refusalOf(() => stage.origin.take('note', applicant, { answer: '收到', papers }))?.more.errors,
    ).toMatchObject([{ pointer: '/form/papers/0/file', rule: 'not-uploaded' }]);
  });
});
