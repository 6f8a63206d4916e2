import { OneOf, Optional, Text, UnitCode, Whole } from '../form/fields';
import { Shared } from '../form/marks';
import type { State, Step } from './workflow';

/**
 * What every case has, whatever its workflow (签收 → 拟办 → 审批 → 办理 → 归档): no workflow file writes any of it.
 * Those that move or change the case for both sides are steps in the chain, made here; assigning, handing over,
 * drafts and taking in are local to a province (`case/local.ts`); urging is a notice outside the chain.
 */
export class PassOn {
  @UnitCode() @Shared('转至单位') unit!: string;
  @Text(500) @Optional() @Shared('说明') note?: string;
}
export class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
export class Readdress {
  @UnitCode() @Shared('改送单位') unit!: string;
}
export class Completion {
  /** One point, asked for once. */
  @Text(200) @Shared('需补正事项') point!: string;
}
export class Supplement {
  @Text(2000) @Shared('补正内容') answer!: string;
}
export class Extension {
  @Whole(1, 60) @Shared('延长天数') days!: number;
  @Text(500) @Shared('理由') reason!: string;
}
/** Which earlier step's form is replaced, and why; the new form stands beside it as `form` (`case/crossing.ts`). */
export class Correction {
  @Text(64) @Shared('更正的操作') step!: string;
  @Whole(1, 1_000_000) @Shared('更正的记录序号') sequence!: number;
  @Text(500) @Shared('更正理由') reason!: string;
}
/** Written by the engine of the side with the turn when it cannot take what was asked. */
export class AskRefused {
  @Text(64) @Shared('提请') ask!: string;
  @OneOf('not-possible', 'too-late', 'no-clause', 'claim-taken', 'bad-form') @Shared('原因代码') code!: string;
  @Text(500) @Shared('原因') reason!: string;
}

/** Names that no workflow's step may use: the engine's own. */
export const reserved = new Set([
  ...[
    'take-in',
    'assign',
    'hand-over',
    'pass-on',
    'send-back',
    'correct',
    'extend',
    'complete',
    'supplement',
    'urge',
    'circulate',
  ],
  ...[
    'readdress',
    'withdraw-returned',
    'lapse',
    'refuse-ask',
    'sign',
    'return',
    'drafts',
    'members',
    'export',
    'audit',
    'row',
    'attachments',
    'history',
  ],
]);

export const returned = 'returned';
export const withdrawn = 'withdrawn-returned';
export const completing = 'completing';
export const everydayStates: readonly State[] = [
  { name: returned, title: '已退件', turn: 'origin', due: undefined, late: undefined, public: false, everyday: true },
  { name: withdrawn, title: '已撤回', turn: undefined, due: undefined, late: undefined, public: false, everyday: true },
  { name: completing, title: '补正中', turn: 'other', due: undefined, late: undefined, public: false, everyday: true },
];

interface Shape {
  readonly domestic: boolean;
  readonly origin: readonly string[];
  readonly counterpart: readonly string[];
  readonly leaders: readonly string[];
  readonly opening: string;
  readonly openStates: readonly string[];
}
/** The engine's steps for a workflow of this shape. */
export const everydaySteps = ({
  domestic,
  origin,
  counterpart,
  leaders,
  opening,
  openStates,
}: Shape): readonly Step[] => {
  const everyone = [...origin, ...counterpart];
  const plain = {
    rules: [],
    signedBy: [],
    byRight: false,
    follows: undefined,
    yields: undefined,
    instead: undefined,
    opens: undefined,
    everyday: true,
  } as const;
  const own: Step[] = [
    { ...plain, name: 'pass-on', title: '转办', by: everyone, form: PassOn, from: openStates, to: undefined },
    {
      ...plain,
      name: 'extend',
      title: '延期',
      by: everyone,
      form: Extension,
      from: openStates,
      to: undefined,
      signedBy: leaders,
    },
    {
      ...plain,
      name: 'correct',
      title: '更正',
      by: everyone,
      form: Correction,
      from: openStates,
      to: undefined,
      byRight: !domestic,
    },
    { ...plain, name: 'lapse', title: '逾期转入', by: [], form: undefined, from: openStates, to: undefined },
  ];
  if (domestic) return own;
  return [
    ...own,
    { ...plain, name: 'send-back', title: '退件', by: counterpart, form: Reason, from: [opening], to: returned },
    { ...plain, name: 'readdress', title: '改送', by: origin, form: Readdress, from: [returned], to: { before: true } },
    { ...plain, name: 'withdraw-returned', title: '撤回', by: origin, form: Reason, from: [returned], to: withdrawn },
    { ...plain, name: 'complete', title: '要求补正', by: everyone, form: Completion, from: openStates, to: completing },
    {
      ...plain,
      name: 'supplement',
      title: '补正',
      by: everyone,
      form: Supplement,
      from: [completing],
      to: { before: true },
    },
    { ...plain, name: 'refuse-ask', title: '不予采纳提请', by: [], form: AskRefused, from: openStates, to: undefined },
  ];
};
