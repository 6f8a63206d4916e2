/** The rules of `docs/protocol.md` that were seen to fail when switched off, and where the switch is. */
export interface SwitchedRule {
  readonly rule: number;
  readonly text: string;
  /** What switching it off does. */
  readonly off: string;
}
export const switchedRules: readonly SwitchedRule[] = [
  { rule: 1, text: 'one save per step, conditional on the version', off: 'a save ignores the version' },
  { rule: 2, text: "the caller's key is kept", off: 'the same key again is a new request' },
  {
    rule: 3,
    text: 'what crosses is settled when the step is taken',
    off: 'the clause is chosen again when it is sent',
  },
  { rule: 5, text: 'claims are kept only where what is claimed is', off: 'applying an event takes claims' },
  {
    rule: 8,
    text: 'equal is a duplicate, the receipt is said again',
    off: 'nothing is said to a duplicate, forks pass',
  },
  { rule: 10, text: 'a case is pinned to its version', off: 'the newest version known is used' },
  { rule: 11, text: 'repair answers go through the clause gate', off: 'they go past it' },
  { rule: 13, text: 'an ask names its tenure', off: 'asks of earlier tenures are answered' },
  { rule: 14, text: 'an ask that is ahead waits', off: 'it is answered at once' },
  { rule: 15, text: 'the answer is an event in the chain', off: 'a refusal is not written' },
  { rule: 16, text: 'unanswered asks are sent again', off: 'they are sent once' },
  { rule: 20, text: '`opened` is minted once', off: 'every look mints one' },
  { rule: 22, text: 'history: insert, then remove', off: 'remove, then insert' },
];
/** Rules whose code does not exist yet: no schedule can see them. */
export const notBuilt: readonly { readonly rule: string; readonly text: string }[] = [
  { rule: '10 (part)', text: 'versions announced; a case opened at most with the highest that both know' },
  { rule: '21', text: 'heads' },
  { rule: '23', text: 'groups: member before opening, revocation before acting' },
  { rule: '24', text: 'restore: replay, fences, readmission' },
  { rule: '25', text: 'generation of a log' },
];
