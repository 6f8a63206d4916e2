import { FixedClock, publishedCalendar } from '@chuanyu/reference';
import {
  CalendarDate,
  Shared,
  after,
  days,
  defineWorkflow,
  defaultLimits,
  isWarned,
  newCase,
  nextWake,
  rowOf,
  takeStep,
  wake,
} from '../index';
import type { CaseDocument, Context, Taken, Work } from '../index';

class Term {
  @CalendarDate() @Shared('届满日期') expires!: string;
}
const contract = defineWorkflow('test.contract', {
  title: '协议',
  english: 'Contract',
  docket: '试约',
  serves: [],
  basis: [],
  roles: { origin: { officer: '经办人' } },
  // prettier-ignore
  states: {
    inForce: { title: '生效', turn: 'origin', due: after((facts) => facts.last(Term).expires, days(0)), late: 'expired', warn: days(30) },
    resting: { title: '暂停', turn: 'origin', due: after((facts) => facts.last(Term).expires, days(0)), late: 'expired' },
    expired: { title: '届满' },
  },
  // prettier-ignore
  steps: {
    make:  { title: '签署', opens: 'inForce', by: 'officer', form: Term },
    renew: { title: '续签', from: ['inForce', 'resting'], to: 'inForce', by: 'officer', form: Term },
    rest:  { title: '暂停', from: 'inForce', to: 'resting', by: 'officer' },
  },
});

/** Monday 2 November 2026, 09:00 in Shanghai. */
const begin = '2026-11-02T01:00:00.000Z';
const DAY = 86_400_000;
const at = (instant: string) => new FixedClock(Date.parse(instant));
let clock: FixedClock;
let document: CaseDocument;
let said: Work['send'];
const change = <T>(act: (work: Work, context: Context) => T): T => {
  const work: Work = { case: structuredClone(document), send: [] };
  const result = act(work, contextNow());
  work.case.wakeAt = nextWake(work.case, contextNow());
  document = work.case;
  said.push(...work.send);
  return result;
};
let count = 0;
const contextNow = (): Context => ({
  province: 'sichuan',
  abbreviation: '川',
  workflow: contract,
  now: clock.now(),
  calendar: publishedCalendar,
  units: { get: () => ({ province: 'sichuan', kind: 'prison' }) },
  clauses: { covering: () => ({ clause: 'a/1' }) },
  find: () => undefined,
  file: () => undefined,
  parent: () => undefined,
  under: () => ({ count: 0, of: 0 }),
  epoch: 1,
  mayWrite: true,
  uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
  taken: new Set(),
  held: () => new Set(),
  serial: 1,
  limits: defaultLimits,
  archivedHash: () => undefined,
  without: new Set(),
});
const take = (step: string, form?: object): Taken =>
  change((work, context) =>
    takeStep(work, context, {
      step,
      form,
      key: `key ${(count += 1)}`,
      fingerprint: '',
      who: { officer: 'a', unit: 'sc-unit', roles: ['officer'] },
      overrides: [],
    }),
  );
/** As the timer does: wakes at the moment the case asked for. */
const sleepUntilWoken = (): string | null => {
  const { wakeAt } = document;
  if (wakeAt !== null) {
    clock = at(wakeAt);
    change(wake);
  }
  return wakeAt;
};
const row = () => rowOf(document, contract, clock.now());

beforeEach(() => {
  clock = at(begin);
  said = [];
  document = newCase({
    id: 'case',
    workflow: contract.id,
    domain: 'test',
    definition: 1,
    province: 'sichuan',
    peer: null,
    side: 'origin',
    status: 'draft',
    alias: 'alias',
    createdAt: begin,
  });
  take('make', { expires: '2026-12-31' });
});

describe('A warning ahead of a due time', () => {
  it('given a last day, when thirty days are left, then the case wakes and its row says so, and no step is written', () => {
    expect([isWarned(document), row().warned]).toEqual([false, false]);
    const before = said.length;
    // The last day ends at 24:00; thirty days before that.
    expect(sleepUntilWoken()).toBe('2026-12-01T16:00:00.000Z');
    expect([isWarned(document), row().warned]).toEqual([true, true]);
    expect([document.head.sequence, said.length]).toEqual([1, before]);
  });
  it('says it once for a due time, and then sleeps until the case falls late', () => {
    sleepUntilWoken();
    const told = document.warned?.at;
    change(wake);
    clock.advance(DAY);
    change(wake);
    expect(document.warned?.at).toBe(told);
    expect(sleepUntilWoken()).toBe('2026-12-31T16:00:00.000Z');
    expect([document.head.state, isWarned(document)]).toEqual(['expired', false]);
  });
  it('comes again for a renewed due time', () => {
    sleepUntilWoken();
    take('renew', { expires: '2027-12-31' });
    expect([isWarned(document), row().warned]).toEqual([false, false]);
    expect(sleepUntilWoken()).toBe('2027-12-01T16:00:00.000Z');
    expect(document.warned?.due).toBe('2027-12-31T16:00:00.000Z');
  });
  it('waits while the case is in a state that does not warn', () => {
    take('rest');
    clock = at('2026-12-20T01:00:00.000Z');
    change(wake);
    expect(isWarned(document)).toBe(false);
    take('renew', { expires: '2026-12-31' });
    expect(sleepUntilWoken()).toBe('2026-12-01T16:00:00.000Z');
  });
  it('is a fault of the file where the state has no due time', () => {
    const wrong = () =>
      defineWorkflow('test.wrong', {
        ...{ title: '试', english: 'x', docket: '试', serves: [], basis: [] },
        roles: { origin: { officer: '经办人' } },
        states: { open: { title: '开', turn: 'origin', warn: days(3) }, done: { title: '结' } },
        steps: {
          begin: { title: '开', opens: 'open', by: 'officer' },
          end: { title: '结', from: 'open', to: 'done', by: 'officer' },
        },
      });
    expect(wrong).toThrow('state open warns without a due time');
  });
});
