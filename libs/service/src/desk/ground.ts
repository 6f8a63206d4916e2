import { maySee, type AuditEntry, type AuditLog, type Officer, type Officers } from '@chuanyu/access';
import type { Kept } from '@chuanyu/collections';
import { Refusal } from '@chuanyu/contracts';
import { possibilities, unitInCharge, type CaseDocument, type Who, type Workflow } from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import type { CaseGroups } from '../cases/groups';
import { NoSuchCase, type CaseKeeper, type Change } from '../cases/keeper';
import { casePage, type CasePage } from './case-page';
import { memberView, type MemberView } from './members';

/** A request of an officer concerning one case. */
export interface At {
  readonly officer: Officer;
  readonly workflow: string;
  readonly case: string;
}
export interface DeskOptions {
  readonly keeper: CaseKeeper;
  readonly groups: CaseGroups;
  readonly officers: Officers;
  readonly audit: AuditLog;
  /** Public keys with which exported signatures can be checked. */
  readonly keys?: () => unknown;
  /** Refuses while the service is not admitted by its peers (after a restore). */
  readonly mayWrite?: () => void;
  /** The version in which a case with this peer is opened; undefined where the peer does not know the workflow. */
  readonly versionFor?: (workflow: Workflow, peer: string | undefined) => Workflow | undefined;
}

/** What every desk stands on: who may see a case and act in it, how it is changed, what is shown and noted of it. */
export class DeskGround {
  constructor(readonly options: DeskOptions) {}

  workflow(name: string): Workflow {
    const { workflows, domain } = this.options.keeper.options;
    const workflow = workflows.get(`${domain}.${name}`);
    if (!workflow)
      throw new Refusal(
        'not-found',
        '没有这个事项',
        { possible: workflows.all().map((each) => ({ workflow: each.id, title: each.title })) },
        'No such workflow',
      );
    return workflow;
  }
  /** The case, where this officer may see it; anything else answers as not found. */
  async see(at: At): Promise<Kept<CaseDocument>> {
    const workflow = this.workflow(at.workflow);
    const kept = /^[0-9a-f-]{36}$/.test(at.case) ? await this.options.keeper.get(at.case) : undefined;
    if (!kept || kept.document.workflow !== workflow.id || !this.maySee(at.officer, kept.document))
      throw new Refusal('not-found', '没有找到这个办件', {}, 'No such case');
    return kept;
  }
  /** A case is opened only under one that the officer may see; one that is hidden answers like one that is not there. */
  async mustSeeParent(officer: Officer, workflow: Workflow, under: string | undefined): Promise<void> {
    if (workflow.under === undefined || under === undefined) return;
    const kept = await this.options.keeper.get(under);
    if (kept && this.maySee(officer, kept.document)) return;
    const detail = '没有找到这个上级办件，或其事项不符';
    throw new Refusal('bad-form', detail, { errors: [{ pointer: '/under', rule: 'under', detail }] }, 'No such case');
  }
  maySee(officer: Officer, document: CaseDocument): boolean {
    const { directory } = this.options.keeper.options;
    if (document.circulated.includes(officer.id) && !document.sealed) return true;
    if (!maySee(officer, unitInCharge(document), directory)) return false;
    if (!document.sealed) return true;
    return (
      [document.charge.officer, ...document.charge.deputies].includes(officer.id) ||
      this.isLeader(officer, document, this.options.keeper.workflowOf(document))
    );
  }
  isLeader(officer: Officer, document: CaseDocument, workflow: Workflow): boolean {
    const leading = [...workflow.steps.values()].flatMap((step) => step.signedBy);
    return officer.unit === unitInCharge(document) && officer.roles.some((role) => leading.includes(role));
  }
  /** The officer with the roles that count for this unit: the own ones, and those of an absent officer whom they stand in for (代办). */
  whoAt(officer: Officer, unit: string): Who {
    const { directory, clock } = this.options.keeper.options;
    const absent = this.options.officers.absentFor(officer, dateOf(clock.now()));
    const counts = (each: Officer) => directory.isWithin(unit, each.unit);
    const roles = [officer, ...absent].filter(counts).flatMap((each) => each.roles);
    return { officer: officer.id, unit: officer.unit === unit ? unit : officer.unit, roles: [...new Set(roles)] };
  }
  async change<T>(
    at: At,
    version: string | undefined,
    change: Change<T>,
    seen: Kept<CaseDocument>,
    key?: string,
  ): Promise<{ result: T; kept: Kept<CaseDocument> }> {
    const known = key !== undefined && seen.document.keys.some((each) => each.key === key);
    if (version !== undefined && version !== seen.version && !known) {
      const who = this.whoAt(at.officer, unitInCharge(seen.document));
      const possible = possibilities(seen.document, this.options.keeper.workflowOf(seen.document), who).filter(
        (each) => each.how !== null,
      );
      throw new Refusal(
        'stale-version',
        '您打开之后办件已有变化，请核对最新情况后再办',
        { possible, version: seen.version },
        'The case has changed since it was read',
      );
    }
    try {
      const { result, kept } = await this.options.keeper.change(at.case, change);
      return { result, kept: await this.options.groups.settled(kept) };
    } catch (error) {
      if (error instanceof NoSuchCase) throw new Refusal('not-found', '没有找到这个办件', {}, 'No such case');
      throw error;
    }
  }
  async page(officer: Officer, kept: Kept<CaseDocument>): Promise<CasePage> {
    const { document, version } = kept;
    const { directory, clock } = this.options.keeper.options;
    const workflow = this.options.keeper.workflowOf(document);
    const chain = await this.options.keeper.chain(document);
    return casePage(document, version, chain, {
      directory,
      officers: this.options.officers,
      workflow,
      officer,
      who: this.whoAt(officer, unitInCharge(document)),
      now: clock.now(),
      members: await this.members(officer, document),
    });
  }
  /** The cases under this one that the officer may see, those that are not signed yet too; by number. */
  async members(officer: Officer, parent: CaseDocument): Promise<readonly MemberView[]> {
    const { keeper } = this.options;
    const { directory, clock } = keeper.options;
    const seen = (await this.options.groups.under(parent)).filter((document) => this.maySee(officer, document));
    const views = await Promise.all(
      seen.map(async (document) =>
        memberView(document, keeper.workflowOf(document), await keeper.chain(document), {
          directory,
          now: clock.now(),
        }),
      ),
    );
    const order = ({ number, case: id }: MemberView) => `${number ?? '～'} ${id}`;
    return views.sort((a, b) => order(a).localeCompare(order(b), 'zh', { numeric: true }));
  }
  async note(
    officer: Officer,
    act: string,
    document: CaseDocument,
    detail: NonNullable<AuditEntry['detail']>,
    purpose?: string,
  ): Promise<void> {
    await this.options.audit.append({
      who: officer.id,
      unit: officer.unit,
      act,
      case: document.id,
      workflow: document.workflow,
      outcome: 'done',
      detail,
      ...(purpose === undefined ? {} : { purpose }),
    });
  }
}
