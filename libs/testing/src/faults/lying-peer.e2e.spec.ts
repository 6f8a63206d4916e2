import type { Json, StepEvent } from '@chuanyu/contracts';
import { receiveStep } from '@chuanyu/engine';
import { Stage } from './stage.fixture';
import { heldIn, Liar, quarantinedIn, verification } from './liar.fixture';
import { expectConverged, replicaOf } from './session.fixture';

// One stage for all: a paired peer lies again and again, and the case and its neighbour must live through all of it.
let stage: Stage;
let liar: Liar;
let id: string;
beforeAll(async () => {
  stage = await Stage.agreed();
  id = await stage.openHandover();
  await stage.drain();
  liar = await Liar.in(stage, 'chongqing');
});
afterAll(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});
let alarms = 0;
let before: unknown;
beforeEach(async () => {
  alarms = stage.alarms.length;
  before = await replicaOf(stage.sichuan, id);
});
/** Not applied; whoever looks finds the reason; nothing sticks in the log; another case goes on. */
afterEach(async () => {
  expect(await replicaOf(stage.sichuan, id)).toEqual(before);
  expect(await stage.sichuan.log.deadLetters('prison.service')).toEqual([]);
  expect(await stage.chongqing.log.deadLetters('exchange.sichuan')).toEqual([]);
});

const lie = async (event: StepEvent): Promise<string> => {
  await liar.step(event);
  await stage.drain();
  expect(stage.alarms).toHaveLength(alarms + 1);
  return stage.alarms.at(-1) ?? '';
};
/** What no type allows, as a peer may send it. */
const unlike = (changed: object): Partial<StepEvent> => changed;
const truth = (changed: Partial<StepEvent> = {}, data: object = {}): Promise<StepEvent> =>
  liar.next(id, 'verify', changed, { ...verification, ...data });

describe('what its workflow does not let cross is refused at the border', () => {
  test.each<[string, () => Promise<StepEvent>, RegExp]>([
    ['a private field', () => truth({}, { form: { ...verification.form, notes: '走访' } }), /bad-schema notes/],
    [
      'a field that is not listed',
      () => truth({}, { form: { ...verification.form, extra: 1 } }),
      /bad-schema (extra|.*additionalProperties)/,
    ],
    ['a field of the envelope that is not listed', () => truth(unlike({ remark: '张三' })), /bad-schema/],
    ['another major version of the envelope', () => truth(unlike({ envelope: 2 })), /bad-schema/],
    [
      'a version of the form that is not known',
      () => truth({ type: 'prison.release-handover.verify.v7', dataschema: 'prison.release-handover.verify.v7' }),
      /bad-schema a version of the form/,
    ],
    [
      'a step that is not known',
      () => truth({ type: 'prison.release-handover.vanish.v1', dataschema: 'prison.release-handover.vanish.v1' }),
      /bad-schema a step that is not known/,
    ],
    [
      'an event of another domain',
      () => truth({ type: 'coordination.agreement.join.v1' }),
      /bad-schema an event of ano/,
    ],
    ['an event that names another source', () => truth({ source: 'guizhou/prison' }), /bad-schema an event of ano/],
    ['an event of this side, unsigned', () => truth({ source: 'sichuan/prison' }), /bad-schema an event of this side/],
    ['a private part', () => truth(unlike({ private: { officer: 'x' } })), /bad-schema a private part/],
    ['another id than its case and sequence', () => truth({ id: `${id}/9` }), /bad-schema an event of another case/],
    [
      'an event over the size',
      () => truth({}, { form: { ...verification.form, why: '一'.repeat(90_000) } }),
      /bad-schema (too large|.*maxLength)/,
    ],
    [
      'a role of the other side',
      () => truth({}, { by: { ...verification.by, role: 'release-officer' } }),
      /bad-schema/,
    ],
    ['a state that the step does not lead to', () => truth({}, { state: 'accepted' }), /bad-schema/],
  ])('%s', async (_, event, reason) => {
    expect(await lie(await event())).toMatch(reason);
    const [latest] = await quarantinedIn(stage.sichuan);
    expect(latest).toMatchObject({ code: 'bad-schema', topic: 'chongqing.sichuan.prison' });
  });
});

describe('what does not fit the case is set aside by the case, alone', () => {
  test.each<[string, () => Promise<StepEvent>, RegExp]>([
    [
      'a unit of the other province',
      () => truth({}, { by: { ...verification.by, unit: 'sc-chengdu-prison' } }),
      /wrong-unit/,
    ],
    ['a unit that nobody knows', () => truth({}, { by: { ...verification.by, unit: 'cq-nowhere' } }), /wrong-unit/],
    [
      'acting for the other province',
      () => truth({}, { by: { ...verification.by, province: 'sichuan', unit: 'sc-chengdu-prison' } }),
      /wrong-side/,
    ],
    [
      'a step that does not leave this state',
      () =>
        liar.next(
          id,
          'accept',
          {},
          {
            ...verification,
            state: 'accepted',
            from: 'planned',
            signed: 'resettlement-leader',
            form: { office: '安帮办', liaison: '李海燕' },
          },
        ),
      /wrong-state/,
    ],
  ])('%s', async (_, event, reason) => {
    expect(await lie(await event())).toMatch(reason);
  });

  test('and the true step passes after them', async () => {
    await stage.verify(id);
    await stage.drain();
    await expectConverged(stage, id, 2);
    before = await replicaOf(stage.sichuan, id);
  });

  test('a step without the turn', async () => {
    const event = await liar.next(id, 'verify', {}, { ...verification, from: 'notified' });
    expect(await lie(event)).toMatch(/not-its-turn/);
  });
});

describe('what rests on no live clause is held, visibly, and never applied', () => {
  const clauses: [string, () => string | null, RegExp][] = [
    ['that does not exist', () => `${stage.agreement.id}/9`, /尚不知晓/],
    ['that is none', () => null, /没有所依据的条款/],
    ['of another matter', () => stage.agreement.clause(2), /不适用于本事项/],
  ];
  test.each(clauses)('a clause %s', async (_, clause, why) => {
    const other = await stage.openHandover();
    await stage.drain();
    const event = await liar.next(other, 'verify', { clause: clause() }, verification);
    await liar.step(event);
    await stage.drain();
    const held = (await heldIn(stage.sichuan)).filter((each) => each.case === other);
    expect(held).toMatchObject([{ direction: 'in', case: other }]);
    expect(held[0]?.why).toMatch(why);
    expect(await replicaOf(stage.sichuan, other)).toMatchObject({ sequence: 1 });
  });
  test('a clause that was not in force at the event’s time', async () => {
    const other = await stage.openHandover();
    await stage.drain();
    await liar.step(await liar.next(other, 'verify', { time: '2020-01-01T00:00:00.000Z' }, verification));
    await stage.drain();
    const held = (await heldIn(stage.sichuan)).filter((each) => each.case === other);
    expect(held.map((each) => each.why).join()).toMatch(/当时不在有效期内/);
    expect(await replicaOf(stage.sichuan, other)).toMatchObject({ sequence: 1 });
  });
});

describe('on the control topic', () => {
  const receipt = (changed: object): Json =>
    JSON.parse(
      JSON.stringify({
        domain: 'prison',
        case: id,
        receipt: {
          id,
          case: id,
          receipt: 'delivered',
          sequence: 1,
          time: '2026-11-23T01:00:00.000Z',
          unit: null,
          province: 'chongqing',
          ...changed,
        },
      }),
    ) as Json;
  test.each<[string, string, () => Json]>([
    ['a receipt that only the own exchange gives', 'receipt', () => receipt({ receipt: 'accepted' })],
    ['a receipt of the other province', 'receipt', () => receipt({ province: 'sichuan' })],
    ['a receipt of another case', 'receipt', () => receipt({ case: '00000000-0000-8000-8000-000000000000' })],
    ['a receipt at no time', 'receipt', () => receipt({ time: '2026-13-41T01:00:00.000Z' })],
    ['a receipt with a remark', 'receipt', () => receipt({ remark: '张三' })],
    ['heads that are no heads', 'heads', () => ({ domain: 'prison', time: '2026-11-23T01:00:00.000Z', roots: [1] })],
    ['an urging without end', 'urge', () => ({ domain: 'prison', case: id, urge: { note: '急'.repeat(9000) } })],
    ['a repair from nowhere', 'repair', () => ({ domain: 'prison', case: id, after: -1 })],
  ])('%s is refused', async (_, kind, body) => {
    await liar.say(id, kind, body());
    await stage.drain();
    expect(stage.alarms.slice(alarms).join()).toMatch(/bad-schema/);
  });
  test('a step there, or a receipt among the steps, is refused', async () => {
    const event = JSON.parse(JSON.stringify(await truth())) as Json;
    await liar.say(id, 'step', { domain: 'prison', case: id, event }, { topic: 'chongqing.sichuan.control' });
    await liar.say(id, 'receipt', receipt({}), { topic: 'chongqing.sichuan.prison' });
    await stage.drain();
    expect(stage.alarms.slice(alarms).filter((each) => each.includes('on another topic'))).toHaveLength(2);
  });
});

test('an ask that was altered in the answer is set aside, and the true answer passes', async () => {
  const asked = await stage.openHandover();
  await stage.drain();
  stage.provinces.cut();
  await (await stage.as('sc.zhouwei')).step(asked, 'cancel', { reason: '改判' });
  const own = (await stage.sichuan.services.get('prison')?.keeper.get(asked))?.document.asks[0]?.ask;
  if (!own) throw new Error('nothing was asked');
  stage.provinces.heal();
  const answer = await liar.next(
    asked,
    'cancel',
    { stepkey: own.stepkey },
    {
      ...verification,
      state: 'cancelled',
      turn: null,
      due: null,
      by: own.by,
      form: { reason: '另一个理由' },
      ask: { ...own, form: { reason: '另一个理由' } },
    },
  );
  await liar.step(answer);
  await stage.drain();
  expect(stage.alarms.slice(alarms).join()).toMatch(/altered-ask/);
  await stage.drain();
  await expectConverged(stage, asked, 2);
});

test('a lie about what comes next, told early, does not keep the true step from being applied', async () => {
  const early = await stage.openHandover();
  await stage.drain();
  const lied = await liar.next(
    early,
    'accept',
    {},
    {
      ...verification,
      from: 'planned',
      state: 'accepted',
      signed: 'resettlement-leader',
      form: { office: '安帮办', liaison: '李海燕' },
    },
  );
  const kept = await stage.chongqing.services.get('prison')?.keeper.get(early);
  stage.provinces.cut();
  await stage.verify(early);
  await stage.chongqing.settle();
  const head = (await stage.chongqing.services.get('prison')?.keeper.get(early))?.document.head;
  expect(kept?.document.head.sequence).toBe(1);
  // It crosses first: the event before it is still on its way.
  const after = { ...lied, id: `${early}/3`, casesequence: 3, previoushash: head?.hash ?? '', tenure: 4 };
  await stage.sichuan.services
    .get('prison')
    ?.keeper.change(early, (work, context) => receiveStep(work, context, { event: after, signature: null }));
  expect(await replicaOf(stage.sichuan, early)).toMatchObject({ sequence: 1, parked: 1 });
  stage.provinces.heal();
  await stage.drain();
  await expectConverged(stage, early, 2);
});

test('after all these lies the case and its neighbours go on', async () => {
  const neighbour = await stage.openHandover();
  await stage.drain();
  await stage.plan(id);
  await stage.verify(neighbour);
  await stage.drain();
  await expectConverged(stage, id, 3);
  await expectConverged(stage, neighbour, 2);
  before = await replicaOf(stage.sichuan, id);
});
