import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, type Json, type StepEvent } from '@chuanyu/contracts';
import { isKeySet, loadKeyring, readKeySet, sign, verifyExports, type Verdict } from '@chuanyu/exchange';
import { SEED_PASSWORD } from '@chuanyu/provinces';
import { workflows } from '@chuanyu/workflows';
import { granted } from './client';
import { Day } from './demo/day';
import { chengduPrison as prison, Handover, yubei } from './demo/handover';
import { OwnProvinces } from './demo/own';

interface Line {
  kind: string;
  case?: string;
  sequence?: number;
  hash?: string;
  number?: string;
  state?: string;
  turn?: string | null;
  keys?: unknown;
  signature?: { kid: string; signature: string; epoch: number } | null;
  event?: StepEvent;
}
type Export = { name: string; text: string };
let own: OwnProvinces;
let sichuan: Export;
let chongqing: Export;
let other: Export;

beforeAll(async () => {
  own = await OwnProvinces.start();
  const day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed: 7, say: () => undefined });
  await day.lookAtClock();
  const form = day.personas.aPrisonerNearRelease(30);
  const [one, two] = [
    await Handover.notify(day, form),
    await Handover.notify(day, day.personas.aPrisonerNearRelease(30)),
  ];
  // An amendment that was asked for, a completion, and plain steps of both sides.
  granted(await (await day.officer(prison.officer)).step(one.ref, 'amend', { ...form, sentence: '有期徒刑二年' }));
  await one.sign(prison);
  await day.until('the answer', async () => (await one.at(prison)).asks[0]?.status === 'taken');
  await one.take(yubei, 'complete', { point: '家庭联系人' });
  await one.reaches('completing');
  await one.take(prison, 'supplement', { answer: '无' });
  await one.reaches('notified');
  await one.verify();
  await day.until(
    'every signature',
    async () => (await one.at(yubei)).timeline.at(-1)?.receipts.delivered !== undefined,
  );
  const exported = async (handover: Handover, officer: string, name: string) => ({
    name,
    text: granted(await (await day.officer(officer)).export(handover.ref)),
  });
  sichuan = await exported(one, prison.officer, 'sichuan.jsonl');
  chongqing = await exported(one, yubei.officer, 'chongqing.jsonl');
  other = await exported(two, yubei.officer, 'other.jsonl');
}, 60_000);
afterAll(() => own.stop());

const verify = (theirs: Export, mine = sichuan): Promise<Verdict> => verifyExports([mine, theirs], { workflows });
/** The export of Chongqing with its lines changed. */
const changed = (change: (lines: Line[]) => Line[] | undefined): Export => {
  const lines = chongqing.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const after = change(lines) ?? lines;
  return { ...chongqing, text: after.map((line) => `${JSON.stringify(line)}\n`).join('') };
};
const at = (lines: Line[], sequence: number): Line & { event: StepEvent } => {
  const line = lines.find((each) => each.kind === 'link' && each.sequence === sequence);
  if (!line?.event) throw new Error(`no link ${sequence}`);
  return line as Line & { event: StepEvent };
};
const rewrite = (line: Line & { event: StepEvent }, data: object, attributes: object = {}): void => {
  line.event = { ...line.event, ...attributes, data: { ...line.event.data, ...data } };
};
const head = (lines: Line[]): Line => lines.at(-1) ?? { kind: 'none' };

test('two true exports are sound, with the keys they came with and with others', async () => {
  const verdict = await verify(chongqing);
  expect(verdict).toMatchObject({ sound: true, bad: undefined, events: 5, workflow: 'prison.release-handover' });
  expect(verdict.warnings).toEqual([expect.stringContaining('指纹')]);
  expect(verdict.fingerprints.map(({ province }) => province).sort()).toEqual(['chongqing', 'sichuan']);
  const keys = await readKeySet(own.provinces.province('sichuan').exchange?.publicKeys());
  if (!isKeySet(keys)) throw new Error('no keys');
  expect(await verifyExports([sichuan, chongqing], { workflows, keys })).toMatchObject({ sound: true, warnings: [] });
  // A pairing file holds the other side only: the own keys still come with the exports, and it is said so.
  const theirs = { peers: keys.peers.filter(({ province }) => province === 'chongqing') };
  const half = await verifyExports([sichuan, chongqing], { workflows, keys: theirs });
  expect(half).toMatchObject({ sound: true, warnings: [expect.stringMatching(/^sichuan 的公钥随导出而来/)] });
  const none = { peers: keys.peers.map((peer) => ({ ...peer, keys: [] })) };
  expect((await verifyExports([sichuan, chongqing], { workflows, keys: none })).bad).toMatchObject({
    sequence: 1,
    code: 'signature',
  });
});

test('a shorter one is a prefix, and it is said so', async () => {
  const shorter = changed((lines) => {
    const fourth = at(lines, 4);
    const { state, turn } = fourth.event.data;
    return [
      ...lines.filter(({ sequence, kind }) => kind !== 'head' && sequence !== 5),
      { kind: 'head', sequence: 4, hash: fourth.hash ?? '', state, turn },
    ];
  });
  const verdict = await verify(shorter);
  expect(verdict).toMatchObject({ sound: true, events: 4 });
  expect(verdict.warnings.join()).toContain('少最后 1 条');
});

describe('an altered export is named by its first bad record', () => {
  const alterations: readonly (readonly [string, (lines: Line[]) => Line[] | undefined, object])[] = [
    [
      'a field changed',
      (l) => void rewrite(at(l, 1), { form: { ...at(l, 1).event.data.form, risk: '高' } }),
      { line: 3, sequence: 1, code: 'altered' },
    ],
    [
      'a time changed',
      (l) => void rewrite(at(l, 3), {}, { time: '2020-01-01T00:00:00.000Z' }),
      { line: 5, sequence: 3, code: 'altered' },
    ],
    ['a hash changed', (l) => void (at(l, 3).hash = 'f'.repeat(64)), { line: 5, sequence: 3, code: 'altered' }],
    [
      'a field and its hash changed',
      (l) => {
        const line = at(l, 4);
        rewrite(line, { form: { answer: '有' } });
        line.hash = hashOf(line.event);
        return undefined;
      },
      { line: 6, sequence: 4, code: 'signature' },
    ],
    [
      'a field changed and the whole chain after it worked out again',
      (l) => {
        let previous = '';
        for (const line of l) {
          if (!line.event) continue;
          const own = line as Line & { event: StepEvent };
          if (line.sequence === 2)
            rewrite(own, {
              form: { ...own.event.data.form, risk: '高' },
              ask: { ...own.event.data.ask, form: { ...own.event.data.form, risk: '高' } },
            });
          if (previous !== '') rewrite(own, {}, { previoushash: previous });
          previous = own.hash = hashOf(own.event);
        }
        head(l).hash = previous;
        return undefined;
      },
      { line: 4, sequence: 2, code: 'ask' },
    ],
    [
      'a record removed',
      (l) => l.filter(({ sequence, kind }) => kind === 'head' || sequence !== 3),
      { line: 5, sequence: 4, code: 'sequence' },
    ],
    [
      'two records swapped',
      (l) => l.map((line, n) => (n === 4 ? (l[5] ?? line) : n === 5 ? (l[4] ?? line) : line)),
      { line: 5, sequence: 4, code: 'sequence' },
    ],
    [
      'a record doubled',
      (l) => l.flatMap((line) => (line.sequence === 2 ? [line, line] : [line])),
      { line: 5, sequence: 2, code: 'sequence' },
    ],
    [
      'the last record cut off',
      (l) => l.filter(({ sequence, kind }) => kind === 'head' || sequence !== 5),
      { line: 7, code: 'head' },
    ],
    ['the head line cut off', (l) => l.slice(0, -1), { line: 7, code: 'head' }],
    [
      'a signature moved',
      (l) => void (at(l, 3).signature = at(l, 5).signature ?? null),
      { line: 5, sequence: 3, code: 'signature' },
    ],
    [
      'a signature of the other side removed',
      (l) => void (at(l, 1).signature = null),
      { line: 3, sequence: 1, code: 'signature' },
    ],
    [
      'the epoch of a signature changed',
      (l) => void Object.assign(at(l, 1).signature ?? {}, { epoch: 9 }),
      { line: 3, sequence: 1, code: 'signature' },
    ],
    ['the hash of the head changed', (l) => void (head(l).hash = 'e'.repeat(64)), { line: 8, code: 'head' }],
    ['the state of the head changed', (l) => void (head(l).state = 'planned'), { line: 8, code: 'head' }],
    [
      'the number changed',
      (l) => void Object.assign(l[0] ?? {}, { number: '川监衔〔2026〕99号' }),
      { line: 1, code: 'heading' },
    ],
    [
      'the case changed in the heading',
      (l) => void Object.assign(l[0] ?? {}, { case: '00000000-0000-8000-8000-000000000000' }),
      { line: 1, code: 'other-case' },
    ],
    [
      'an unreadable line',
      (l) => void Object.assign(at(l, 2), { event: null }),
      { line: 4, sequence: 2, code: 'unreadable' },
    ],
    [
      'another key under a known name',
      (l) =>
        void Object.assign(l[1] ?? {}, {
          keys: JSON.parse(JSON.stringify(l[1]?.keys).replace(/"x":"[^"]{4}/, '"x":"AAAA')) as unknown,
        }),
      { line: 2, code: 'keys' },
    ],
  ];
  test.each(alterations)('%s', async (_, change, bad) => {
    const verdict = await verify(changed(change));
    expect(verdict.sound).toBe(false);
    expect(verdict.bad).toMatchObject({ file: 'chongqing.jsonl', ...bad });
  });

  test('another case', async () => {
    expect((await verify(other)).bad).toMatchObject({ file: 'other.jsonl', line: 1, code: 'other-case' });
  });
  test('the same side twice', async () => {
    expect((await verify(sichuan)).bad).toMatchObject({ line: 1, code: 'heading' });
  });
  test('an ask that nobody signed', async () => {
    const unsigned = changed((lines) => {
      const { ask } = at(lines, 2).event.data;
      rewrite(at(lines, 2), {
        ask: { ...ask, signature: { kid: ask?.signature?.kid, signature: at(lines, 1).signature?.signature } },
      });
      at(lines, 2).hash = hashOf(at(lines, 2).event);
      return undefined;
    });
    expect((await verify(unsigned)).bad).toMatchObject({ line: 4, sequence: 2, code: 'ask' });
  });
});

describe('a province that signs what it may not write is found out by the workflow file', () => {
  /** Both exports, with one more event that its province really signed. */
  const withOneMore = async (province: 'sichuan' | 'chongqing', step: string, data: object): Promise<Verdict> => {
    const loaded = await loadKeyring(JSON.parse(await readFile(join(own.folder, province, 'keyring.json'), 'utf8')));
    if (!loaded.ok) throw new Error('no keyring');
    const lines = chongqing.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const last = at(lines, 5);
    const type = `prison.release-handover.${step}.v1`;
    const event: StepEvent = {
      ...last.event,
      id: `${last.event.subject}/6`,
      type,
      dataschema: type,
      source: `${province}/prison`,
      casesequence: 6,
      previoushash: last.hash ?? '',
      data: { ...last.event.data, from: 'verified', ask: null, signed: null, ...data },
    };
    const to = province === 'sichuan' ? 'chongqing' : 'sichuan';
    const body = { domain: 'prison', case: event.subject, event: event as unknown as Json };
    const signature = await sign(loaded.keyring, { from: province, to, kind: 'step', epoch: 1, body }, event.time);
    const { state, turn } = event.data;
    const more = [
      { kind: 'link', sequence: 6, hash: hashOf(event), signature: { ...signature, epoch: 1 }, event },
      { kind: 'head', sequence: 6, hash: hashOf(event), state, turn },
    ];
    const added = ({ name, text }: Export): Export => ({
      name,
      text: [...text.trimEnd().split('\n').slice(0, -1), ...more.map((line) => JSON.stringify(line))].join('\n'),
    });
    return verify(added(chongqing), added(sichuan));
  };
  const by = { province: 'sichuan', unit: 'sc-chengdu-prison', role: 'release-officer' };

  test('in a wrong tenure', async () => {
    const plan = { by, form: {}, state: 'planned', turn: 'counterpart' };
    const { bad } = await withOneMore('sichuan', 'plan', plan);
    expect(bad).toMatchObject({ sequence: 6, code: 'not-the-workflow', detail: expect.stringContaining('轮次') });
  });
  test('without the turn', async () => {
    const verify = { state: 'verified', turn: 'origin' };
    expect((await withOneMore('chongqing', 'verify', verify)).bad).toMatchObject({ sequence: 6, code: 'not-its-turn' });
  });
  test.each([
    ['a step of another state', 'release', { by, state: 'released', turn: 'counterpart' }, '不能在环节'],
    [
      'a role of the other side',
      'plan',
      { by: { ...by, role: 'resettlement-officer' }, state: 'planned', turn: 'counterpart' },
      '无权办理',
    ],
    [
      'for the other province',
      'plan',
      { by: { ...by, province: 'chongqing' }, state: 'planned', turn: 'counterpart' },
      '应由 sichuan',
    ],
    ['to another state', 'plan', { by, state: 'accepted', turn: 'origin' }, '应到环节 planned'],
    ['an unknown step', 'pardon', { by, state: 'planned', turn: 'counterpart' }, '没有操作'],
  ])('%s', async (_, step, data, why) => {
    const { bad } = await withOneMore('sichuan', step, data);
    expect(bad).toMatchObject({ sequence: 6, code: 'not-the-workflow', detail: expect.stringContaining(why) });
  });
});
