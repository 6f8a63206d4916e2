import type { Kept } from '@chuanyu/collections';
import { Refusal } from '@chuanyu/contracts';
import {
  bar,
  follow,
  nextOfGroup,
  postpone,
  recordMember,
  recount,
  settleErrand,
  settleMember,
  type CaseDocument,
  type Command,
  type Errand,
  type Member,
  type Taken,
  type Workflow,
} from '@chuanyu/engine';
import { NoSuchCase, type CaseKeeper } from './keeper';
import { casesIn } from './many-cases';
import { membersOf } from './surroundings';

interface Opened {
  readonly taken: Taken;
  readonly kept: Kept<CaseDocument>;
}

/**
 * Cases under a case (`docs/protocol.md` 23): a member is recorded in its parent before it is opened, and what follows
 * from a step of the parent stands in the parent before it is carried out. So whoever dies in between leaves something to
 * go on from; the timer does, and each part may be done twice.
 */
export class CaseGroups {
  private recounted: Promise<void> | undefined;
  constructor(
    private readonly keeper: CaseKeeper,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Opens a case under another. Whoever calls has looked whether the officer may see the parent. */
  async open(workflow: Workflow, command: Command, alias = this.keeper.freshAlias()): Promise<Opened> {
    const { under } = command;
    const made = { case: this.keeper.idOf(command), workflow, command, alias };
    if (workflow.under === undefined || under === undefined || (await this.keeper.get(made.case)))
      return this.keeper.open(workflow, command, alias);
    const record = () => this.keeper.change(under, (work, context) => recordMember(work, context, made));
    const afterwards = this.keeper.options.without?.has(23) === true;
    try {
      // What would be refused leaves no trace in the parent.
      await this.keeper.tryToOpen(workflow, command, alias);
      if (!afterwards) await record();
      const { taken } = await this.keeper.open(workflow, command, alias);
      if (afterwards) await record();
      await this.keeper.change(under, (work) => settleMember(work, made.case, 'opened'));
      return { taken, kept: await this.settled(await this.keeper.mustGet(made.case), under) };
    } catch (error) {
      // Refused now, it must not be opened later because it was recorded the first time it was asked for.
      const parent = error instanceof Refusal ? await this.keeper.get(under) : undefined;
      if (error instanceof Refusal && parent?.document.group?.members.some((each) => each.case === made.case))
        await this.giveUp(under, made, error);
      throw error;
    }
  }
  /** What a save has left to do in the cases under this one is done before anybody is answered; where it cannot be, the timer goes on. */
  async settled(kept: Kept<CaseDocument>, id = kept.document.id): Promise<Kept<CaseDocument>> {
    const parent = id === kept.document.id ? kept : await this.keeper.mustGet(id);
    if (!nextOfGroup(parent.document, this.keeper.options.clock.now())) return kept;
    try {
      await this.drive(id);
    } catch (error) {
      this.onError(error);
    }
    return this.keeper.mustGet(kept.document.id);
  }

  /** Carries out what a case has recorded for those under it, as far as it can be done now. */
  async drive(id: string): Promise<void> {
    for (;;) {
      const document = (await this.keeper.get(id))?.document;
      const next = document && nextOfGroup(document, this.keeper.options.clock.now());
      if (!next) return;
      if ('open' in next) await this.openRecorded(id, next.open);
      else await this.carryOut(id, next.errand);
    }
  }
  private async openRecorded(id: string, member: Member): Promise<void> {
    const { opening } = member;
    const workflow = opening && this.keeper.options.workflows.get(member.workflow, opening.definition);
    if (!opening || !workflow) return this.tryLater(id, { member: member.case });
    const made = { case: member.case, workflow, ...opening };
    try {
      await this.keeper.open(workflow, opening.command, opening.alias);
      await this.keeper.change(id, (work) => settleMember(work, member.case, 'opened'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'restoring') await this.tryLater(id, { member: member.case });
      else await this.giveUp(id, made, error);
    }
  }
  private async carryOut(id: string, errand: Errand): Promise<void> {
    const { member, key } = errand;
    try {
      await this.keeper.change(member, (work, context) => follow(work, context, errand));
      await this.keeper.change(id, (work) => settleErrand(work, key));
    } catch (error) {
      if (error instanceof NoSuchCase) await this.keeper.change(id, (work) => settleMember(work, member, 'refused'));
      else if (error instanceof Refusal) await this.tryLater(id, { member, key });
      else throw error;
    }
  }
  private async tryLater(id: string, what: { readonly member: string; readonly key?: string }): Promise<void> {
    await this.keeper.change(id, (work, context) => postpone(work, context, what));
  }
  /**
   * It is refused for good. Somebody may be about to open it even so, who has read the parent before it moved: the bar is
   * what that one finds. Where it is open by now, it stays a member.
   */
  private async giveUp(under: string, made: Made, { detail }: Refusal): Promise<void> {
    const { kept } = await this.keeper.changeOrBegin(
      made.case,
      () => this.keeper.begun(made.workflow, made.command, made.alias),
      (work) => bar(work, detail),
    );
    const outcome = typeof kept.document.membership?.barred === 'string' ? 'refused' : 'opened';
    await this.keeper.change(under, (work) => settleMember(work, made.case, outcome));
  }

  /** The cases under this one that are here: open ones of both sides, and those of this side that wait for a signature. */
  async under(parent: CaseDocument): Promise<readonly CaseDocument[]> {
    const members = casesIn(this.keeper.options.cases, membersOf(parent));
    const found = await Array.fromAsync(members, ({ document }) => document);
    const ids = new Set(found.map(({ id }) => id));
    for (const { case: id } of parent.group?.members ?? [])
      if (!ids.has(id)) found.push(...[(await this.keeper.get(id))?.document ?? []].flat());
    return found;
  }

  /** Once after a start, as soon as the province may write: until then peers may still bring what a restore has lost. */
  recountOnce(mayWrite: boolean): Promise<void> {
    if (mayWrite) this.recounted ??= this.recount().catch(this.onError);
    return this.recounted ?? Promise.resolve();
  }
  /**
   * After a restore the parent may be older than its members: who is under it is found again by what the members say, and
   * what they have not followed yet by the parent's chain. What only the lost disk held, a member not opened yet, is gone.
   */
  async recount(): Promise<void> {
    const { cases } = this.keeper.options;
    const parents = new Set<string>();
    for await (const { document } of casesIn(cases, { where: { side: 'origin', 'opening.under': { gt: '' } } }))
      if (document.opening?.under) parents.add(document.opening.under);
    for (const id of parents) await this.recountOne(id);
  }
  private async recountOne(id: string): Promise<void> {
    const parent = (await this.keeper.get(id))?.document;
    if (!parent || parent.head.sequence === 0) return;
    const members: Parameters<typeof recount>[3][number][] = [];
    const { cases } = this.keeper.options;
    for await (const { document } of casesIn(cases, { where: { 'opening.under': id, side: 'origin' } })) {
      const [first] = await this.keeper.chain(document);
      const workflow = this.keeper.workflowOf(document);
      members.push({ document, workflow, openedAt: first?.event.time ?? document.createdAt });
    }
    const chain = await this.keeper.chain(parent);
    await this.keeper.change(id, (work, context) => recount(work, context, chain, members));
    await this.drive(id);
  }
}

interface Made {
  readonly case: string;
  readonly workflow: Workflow;
  readonly command: Command;
  readonly alias: string;
}
