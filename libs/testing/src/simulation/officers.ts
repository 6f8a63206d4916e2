import { exampleOf, type CaseDocument, type Step, type Who, type Workflow } from '@chuanyu/engine';
import { prisonVisit } from '@chuanyu/workflows';
import { otherProvince, type ProvinceName } from './province';
import type { Random } from './random';

/** Written into every private field: found on the other side, it is a leak. */
export const secretOf = (province: ProvinceName): string => `只在${province}`;

const units: Readonly<Record<ProvinceName, readonly string[]>> = {
  sichuan: ['sc-chengdu-prison', 'sc-jinjiang-prison'],
  chongqing: ['cq-yubei-resettlement', 'cq-yuzhou-prison'],
};
const roles = {
  origin: { officer: ['o-officer', 'release-officer', 'judicial-officer'], leader: ['o-leader', 'prison-leader'] },
  counterpart: {
    officer: ['c-officer', 'resettlement-officer', 'visit-officer'],
    leader: ['c-leader', 'resettlement-leader', 'visit-leader'],
  },
} as const;

/** Somebody of the province, as the side that it is in the case; the third is officer and leader at once. */
export const officerOf = (province: ProvinceName, side: 'origin' | 'counterpart', n: number): Who => ({
  officer: `${province}.${side}.${n}`,
  unit: units[province][n % 2] ?? '',
  roles: [...(n < 3 ? roles[side].officer : []), ...(n > 1 ? roles[side].leader : [])],
});
export const anOfficer = (random: Random, province: ProvinceName, side: 'origin' | 'counterpart'): Who =>
  officerOf(province, side, random.below(3));
export const aLeader = (random: Random, province: ProvinceName, side: 'origin' | 'counterpart'): Who =>
  officerOf(province, side, 2 + random.below(2));
export const aUnit = (random: Random, province: ProvinceName): string => random.pick(units[province]) ?? '';

const prisons: Readonly<Record<ProvinceName, readonly string[]>> = {
  sichuan: ['sc-chengdu-prison'],
  chongqing: ['cq-yuzhou-prison', 'cq-yongchuan-prison'],
};
const offices: Readonly<Record<ProvinceName, readonly string[]>> = {
  sichuan: ['sc-wuhou-jinyang', 'sc-linshui-gaotan'],
  chongqing: ['cq-yubei-longxi'],
};
const visitor = { name: '张三', relation: '配偶' };
/** Few half-hours, so that visits meet in them. */
const starts = ['2026-11-25T01:00:00.000Z', '2026-11-25T01:30:00.000Z', '2026-11-26T01:00:00.000Z'];

/** A form for the step, mostly a good one. */
export const formFor = (
  random: Random,
  mine: ProvinceName,
  workflow: Workflow,
  step: Step,
  document: CaseDocument | undefined,
): unknown => {
  if (!step.form) return random.chance(0.02) ? { unexpected: 1 } : null;
  if (random.chance(0.03)) return { nonsense: true };
  const secret = random.chance(0.6) ? { opinion: secretOf(mine) } : {};
  const peer = otherProvince(mine);
  switch (step.form.name) {
    case 'Offer':
      return { subject: `第${random.below(100)}件`, desk: random.pick(['甲', '乙']), ...secret };
    case 'Answer':
      return { answer: '同意', ...secret };
    case 'Booking':
      return { room: random.pick(['一室', '二室']) };
    case 'Comment':
      return { text: random.chance(0.05) ? '长'.repeat(3000) : '短', ...secret };
    case 'Mark':
      return { mark: `标${random.below(100)}`, ...secret };
    case 'Part':
      return { subject: `第${random.below(100)}份`, ...secret };
    case 'Application': {
      const place = prisons[peer][0];
      const times = [{ start: random.pick(starts) }];
      return { ...exampleOf(step.form), place, inmate: random.pick(['1', '2']), visitors: [visitor], times };
    }
    case 'Slot':
      return { room: '一室', start: random.pick(starts) };
    case 'Search':
      return { room: '一室', from: '2026-11-25' };
    case 'Choice': {
      const slots = document?.facts['Suggestion']?.shared?.['slots'];
      return Array.isArray(slots) ? random.pick(slots as readonly object[]) : {};
    }
    case 'IdentityCheck':
      return { present: ['张三'], document: '护照', note: secretOf(mine) };
    case 'Held':
      return {
        started: starts[0],
        ended: '2026-11-25T01:20:00.000Z',
        cutOff: random.chance(0.5),
        note: secretOf(mine),
      };
    case 'Absence':
      return { why: '会见人未到', note: secretOf(mine) };
    case 'PassOn':
      if (workflow.id === prisonVisit.id && document)
        return { unit: random.pick((document.side === 'origin' ? offices : prisons)[mine]) };
      return { unit: aUnit(random, random.chance(0.9) ? mine : peer) };
    case 'Readdress':
      return { unit: aUnit(random, random.chance(0.9) ? peer : mine) };
    case 'Completion':
      return { point: random.pick(['照片', '签名', '日期']) };
    case 'Supplement':
      return { answer: '补正如下' };
    case 'Extension':
      return { days: 1 + random.below(3), reason: '天气' };
    case 'Correction':
      return document ? correctionFor(random, mine, workflow, document) : {};
    case 'Notice':
      return {
        ...exampleOf(step.form),
        releaseDate: '2027-03-01',
        keyPerson: random.chance(0.5),
        assessment: secretOf(mine),
      };
    case 'Acceptance':
      return { ...exampleOf(step.form), pickUp: '李四' };
    case 'Release':
      return { ...exampleOf(step.form), on: '2027-03-01', handedTo: '李四', reportBy: '2027-03-05' };
    case 'ReportIn':
    case 'FollowUp':
      return {
        ...exampleOf(step.form),
        on: '2026-11-20',
        ...(step.form.name === 'FollowUp' ? { note: secretOf(mine) } : {}),
      };
    default:
      return 'reason' in exampleOf(step.form) ? { reason: '有此必要' } : exampleOf(step.form);
  }
};
const correctionFor = (random: Random, mine: ProvinceName, workflow: Workflow, document: CaseDocument): unknown => {
  const steps = [...workflow.steps.values()].filter((each) => {
    const fact = each.form && document.facts[each.form.name];
    return !each.everyday && fact && (fact.by === document.side || random.chance(0.1));
  });
  const step = random.pick(steps);
  const fact = step?.form && document.facts[step.form.name];
  if (!step || !fact) return {};
  return {
    step: step.name,
    sequence: fact.sequence,
    reason: '笔误',
    form: formFor(random, mine, workflow, step, document),
  };
};
