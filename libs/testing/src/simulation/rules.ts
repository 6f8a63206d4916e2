/** The rules of `docs/protocol.md` that were seen to fail when switched off, and where the switch is. */
export interface SwitchedRule {
  readonly rule: number;
  readonly text: string;
  /** What switching it off does. */
  readonly off: string;
  /** A schedule of `stepsOfRules` that shows it; where the schedules have changed since, one of the next does. */
  readonly seed: number;
}
export const switchedRules: readonly SwitchedRule[] = [
  { rule: 1, text: 'one save per step, conditional on the version', off: 'a save ignores the version', seed: 3 },
  { rule: 2, text: "the caller's key is kept", off: 'the same key again is a new request', seed: 8 },
  {
    rule: 3,
    text: 'what crosses is settled when the step is taken',
    off: 'the clause is chosen again when it is sent',
    seed: 9,
  },
  { rule: 5, text: 'claims are kept only where what is claimed is', off: 'applying an event takes claims', seed: 49 },
  {
    rule: 8,
    text: 'equal is a duplicate, the receipt is said again',
    off: 'nothing is said to a duplicate, forks pass',
    seed: 1,
  },
  { rule: 10, text: 'a case is pinned to its version', off: 'the newest version known is used', seed: 7 },
  { rule: 13, text: 'an ask names its tenure', off: 'asks of earlier tenures are answered', seed: 2 },
  { rule: 14, text: 'an ask that is ahead waits', off: 'it is answered at once', seed: 1 },
  { rule: 15, text: 'the answer is an event in the chain', off: 'a refusal is not written', seed: 1 },
  { rule: 16, text: 'unanswered asks are sent again', off: 'they are sent once', seed: 25 },
  { rule: 20, text: '`opened` is minted once', off: 'every look mints one', seed: 8 },
  {
    rule: 23,
    text: 'a member is recorded before it is opened',
    off: 'it is recorded afterwards',
    seed: 8,
  },
  { rule: 22, text: 'history: insert, then remove', off: 'remove, then insert', seed: 34 },
];
export const stepsOfRules = 60;
/** Seen red by a scenario of its own (`rules.it.spec.ts`), since random schedules rarely come by. */
export const byScenario = [{ rule: 11, text: 'repair answers go through the clause gate', off: 'they go past it' }];
/** Rules that no schedule reaches, and why. */
export const notSimulated: readonly { readonly rule: string; readonly text: string; readonly why: string }[] = [
  {
    rule: '10, in part',
    text: 'a case is opened at most with the version that both provinces announced',
    why: 'not simulated yet',
  },
  { rule: '21', text: 'heads', why: 'no random schedule; restore/statements.e2e.spec.ts shows it' },
  {
    rule: '24',
    text: 'restored from a backup: replay, fences, readmission',
    why: 'no random schedule; restore/restored.e2e.spec.ts and restore/fences.it.spec.ts show it',
  },
  { rule: '25', text: 'generation of a log', why: 'no random schedule; restore/restored.e2e.spec.ts shows it' },
];
