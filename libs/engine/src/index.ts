export * from './form/marks';
export * from './form/fields';
export * from './form/schema';
export * from './form/attached';
export * from './form/attachments';
export * from './form/disclosure';
export * from './workflow/notation';
export * from './workflow/documents';
export * from './workflow/register';
export * from './workflow/workflow';
export * from './workflow/define';
export * from './workflow/registry';
export { returned, withdrawn, completing, reserved, everydayStates } from './workflow/everyday';
export * from './case/document';
export type { Errand, Group, Member, Membership } from './case/kept-group';
export * from './case/context';
export * from './case/facts';
export * from './case/crossing';
export { attachmentsOf, filesOf } from './case/attachments';
export * from './case/possible';
export * from './case/command';
export * from './case/take';
export * from './case/paper';
export { returnDraft, signDraft } from './case/drafts';
export { receiveStep, applyParked, type Received } from './case/apply';
export { isPending } from './case/rights';
export { receiveAsk, sendOpenAsks } from './case/asks';
export { noteReceipt, takeIn, isToTakeIn, sayDelivered } from './case/receipts';
export { wake, nextWake } from './case/wake';
export { askAgain, proofOf, repeat } from './case/repair';
export { compareHead } from './case/heads';
export { groupMoments, nextOfGroup, postpone, recount, recordMember, settleErrand, settleMember } from './case/group';
export { bar, follow } from './case/member';
export * from './case/local';
export { isOverdue, rowOf } from './case/row';
export { typeOf, recentLink } from './case/chain';
export { claimOf, numberClaim } from './case/claims';
export {
  addDays,
  addMonths,
  dateOf,
  days,
  hours,
  instantAt,
  months,
  timeOf,
  weekday,
  workingDays,
  years,
  daysBetween,
  type Term,
} from '@chuanyu/reference';
export * from './derive';
export type { Clause, StepEvent } from '@chuanyu/contracts';
