import type { AuditEntry, AuditLog, Officer, Officers } from '@chuanyu/access';
import { maySee } from '@chuanyu/access';
import { BadCursor, type Kept } from '@chuanyu/collections';
import { Refusal, uuidOf } from '@chuanyu/contracts';
import {
  assign,
  circulate,
  returnDraft,
  seal,
  signDraft,
  takeIn,
  takeStep,
  unitInCharge,
  urge,
  possibilities,
  type CaseDocument,
  type Command,
  type Taken,
  type Who,
  type Workflow,
} from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import { NoSuchCase, type CaseKeeper, type Change } from '../cases/keeper';
import { casePage, type CasePage } from './case-page';
import { exportCase } from './export';

/** A request of an officer concerning one case. */
export interface At {
  readonly officer: Officer;
  readonly workflow: string;
  readonly case: string;
}
export interface Asked {
  readonly key: string;
  readonly fingerprint: string;
  readonly form: unknown;
  readonly overrides: Command['overrides'];
  readonly version?: string | undefined;
}
export interface Answer {
  readonly taken: Taken;
  readonly page: CasePage;
}

export interface DeskOptions {
  readonly keeper: CaseKeeper;
  readonly officers: Officers;
  readonly audit: AuditLog;
  /** Public keys with which exported signatures can be checked. */
  readonly keys?: () => unknown;
  /** Refuses while the service is not admitted by its peers (after a restore). */
  readonly mayWrite?: () => void;
  /** The version in which a case with this peer is opened; undefined where the peer does not know the workflow. */
  readonly versionFor?: (workflow: Workflow, peer: string | undefined) => Workflow | undefined;
}

/** What officers do with cases: who may comes first in every method. */
export class CaseDesk {
  constructor(private readonly options: DeskOptions) {}

  async open(
    officer: Officer,
    name: string,
    asked: Asked & { readonly to?: { readonly province: string; readonly unit: string }; readonly under?: string },
  ): Promise<Answer> {
    const newest = this.workflow(name);
    const workflow = this.options.versionFor ? this.options.versionFor(newest, asked.to?.province) : newest;
    if (!workflow)
      throw new Refusal(
        'not-possible',
        `对方省（市）尚未启用「${newest.title}」`,
        { possible: [] },
        'The other province does not know this workflow yet',
      );
    this.options.mayWrite?.();
    const command = this.command(officer, this.whoAt(officer, officer.unit), workflow.opening.name, asked);
    const { taken, kept } = await this.options.keeper.open(workflow, {
      ...command,
      ...(asked.to ? { to: asked.to } : {}),
      ...(asked.under === undefined ? {} : { under: asked.under }),
    });
    await this.note(officer, 'open-case', kept.document, { as: taken.as });
    return { taken, page: await this.page(officer, kept) };
  }

  /** Reading a case page is reading personal data: it is audited, with the purpose where one was given. */
  async read(at: At, purpose: string | undefined): Promise<CasePage> {
    const kept = await this.see(at);
    await this.note(at.officer, 'read-case', kept.document, {}, purpose);
    return this.page(at.officer, kept);
  }

  async step(at: At, step: string, asked: Asked): Promise<Answer> {
    const seen = await this.see(at);
    this.options.mayWrite?.();
    const who = this.whoAt(at.officer, unitInCharge(seen.document));
    const { result, kept } = await this.change(
      at,
      asked.version,
      (work, context) => takeStep(work, context, this.command(at.officer, who, step, asked)),
      seen,
      asked.key,
    );
    await this.note(at.officer, 'take-step', kept.document, { step, as: result.as });
    return { taken: result, page: await this.page(at.officer, kept) };
  }

  async sign(at: At, draft: string): Promise<Answer> {
    const seen = await this.see(at);
    this.options.mayWrite?.();
    const who = this.whoAt(at.officer, unitInCharge(seen.document));
    const { result, kept } = await this.change(
      at,
      undefined,
      (work, context) => signDraft(work, context, draft, who),
      seen,
    );
    await this.note(at.officer, 'sign-draft', kept.document, { draft });
    return { taken: result, page: await this.page(at.officer, kept) };
  }
  async return(at: At, draft: string, reason: string): Promise<CasePage> {
    const seen = await this.see(at);
    const who = this.whoAt(at.officer, unitInCharge(seen.document));
    const { kept } = await this.change(
      at,
      undefined,
      (work, context) => returnDraft(work, context, draft, who, reason),
      seen,
    );
    await this.note(at.officer, 'return-draft', kept.document, { draft });
    return this.page(at.officer, kept);
  }

  /** 签收 */
  async takeIn(at: At): Promise<CasePage> {
    const seen = await this.see(at);
    if (at.officer.unit !== unitInCharge(seen.document))
      throw new Refusal('not-allowed', '由受理单位的经办人签收', {}, 'An officer of the addressed unit takes it in');
    const who = this.whoAt(at.officer, at.officer.unit);
    const { kept } = await this.change(at, undefined, (work, context) => takeIn(work, context, who), seen);
    await this.note(at.officer, 'take-in', kept.document, {});
    return this.page(at.officer, kept);
  }
  /** 指定承办人 · 移交 */
  async assign(at: At, to: string, deputies: readonly string[]): Promise<CasePage> {
    const seen = await this.see(at);
    const unit = unitInCharge(seen.document);
    for (const id of [to, ...deputies]) {
      const named = this.options.officers.officer(id);
      if (named?.unit !== unit)
        throw new Refusal(
          'bad-request',
          '承办人须为本单位人员',
          {
            errors: [
              {
                pointer: '/officer',
                rule: 'own-unit',
                detail: `可选：${this.options.officers
                  .ofUnit(unit)
                  .map((each) => each.id)
                  .join('、')}`,
              },
            ],
          },
          'The officer in charge is of the unit in charge',
        );
    }
    const { kept } = await this.change(
      at,
      undefined,
      (work, context) => assign(work, context, this.whoAt(at.officer, unit), { officer: to, deputies }),
      seen,
    );
    await this.note(at.officer, 'assign', kept.document, { to });
    return this.page(at.officer, kept);
  }
  /** 传阅: read-only, to colleagues of the same province. */
  async circulate(at: At, readers: readonly string[]): Promise<CasePage> {
    const seen = await this.see(at);
    const { province, directory } = this.options.keeper.options;
    for (const id of readers) {
      const named = this.options.officers.officer(id);
      if (!named || directory.unit(named.unit)?.province !== province)
        throw new Refusal(
          'bad-request',
          '只能传阅给本省（市）的同事',
          { errors: [{ pointer: '/officers', rule: 'own-province', detail: '应为本省（市）经办人的用户名' }] },
          'Only colleagues of the same province',
        );
    }
    const { kept } = await this.change(
      at,
      undefined,
      (work, context) => circulate(work, context, this.whoAt(at.officer, unitInCharge(seen.document)), readers),
      seen,
    );
    await this.note(at.officer, 'circulate', kept.document, { readers: readers.length });
    return this.page(at.officer, kept);
  }
  /** 封存 (刑事诉讼法 286): only the officers in charge and their leader find it from now on. */
  async seal(at: At, sealed: boolean): Promise<CasePage> {
    const seen = await this.see(at);
    const workflow = this.options.keeper.workflowOf(seen.document);
    if (!this.isLeader(at.officer, seen.document, workflow))
      throw new Refusal('not-allowed', '封存与解封由负责人办理', {}, 'The leader seals and unseals');
    const { kept } = await this.change(
      at,
      undefined,
      (work, context) => seal(work, context, this.whoAt(at.officer, unitInCharge(seen.document)), sealed),
      seen,
    );
    await this.note(at.officer, sealed ? 'seal' : 'unseal', kept.document, {});
    return this.page(at.officer, kept);
  }
  /** 催办 · 督办 */
  async urge(at: At, note: string, key: string): Promise<CasePage> {
    const seen = await this.see(at);
    this.options.mayWrite?.();
    const { kept } = await this.change(at, undefined, (work, context) => urge(work, context, note, key), seen);
    await this.note(at.officer, 'urge', kept.document, {});
    return this.page(at.officer, kept);
  }

  /** JSON lines: the whole chain as this side holds it; what `script/verify` reads. */
  async export(at: At): Promise<string> {
    const kept = await this.see(at);
    await this.note(at.officer, 'export-case', kept.document, {});
    return exportCase(
      kept.document,
      await this.options.keeper.chain(kept.document),
      this.options.keeper.options.clock.now(),
      this.options.keys?.(),
    );
  }

  private workflow(name: string): Workflow {
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
  private async see(at: At): Promise<Kept<CaseDocument>> {
    const workflow = this.workflow(at.workflow);
    const kept = /^[0-9a-f-]{36}$/.test(at.case) ? await this.options.keeper.get(at.case) : undefined;
    if (!kept || kept.document.workflow !== workflow.id || !this.maySee(at.officer, kept.document))
      throw new Refusal('not-found', '没有找到这个办件', {}, 'No such case');
    return kept;
  }
  private maySee(officer: Officer, document: CaseDocument): boolean {
    const { directory } = this.options.keeper.options;
    if (document.circulated.includes(officer.id) && !document.sealed) return true;
    if (!maySee(officer, unitInCharge(document), directory)) return false;
    if (!document.sealed) return true;
    return (
      [document.charge.officer, ...document.charge.deputies].includes(officer.id) ||
      this.isLeader(officer, document, this.options.keeper.workflowOf(document))
    );
  }
  private isLeader(officer: Officer, document: CaseDocument, workflow: Workflow): boolean {
    const leading = [...workflow.steps.values()].flatMap((step) => step.signedBy);
    return officer.unit === unitInCharge(document) && officer.roles.some((role) => leading.includes(role));
  }
  /** The officer with the roles that count for this unit: the own ones, and those of an absent officer whom they stand in for (代办). */
  private whoAt(officer: Officer, unit: string): Who {
    const { directory, clock } = this.options.keeper.options;
    const absent = this.options.officers.absentFor(officer, dateOf(clock.now()));
    const counts = (each: Officer) => directory.isWithin(unit, each.unit);
    const roles = [officer, ...absent].filter(counts).flatMap((each) => each.roles);
    return { officer: officer.id, unit: officer.unit === unit ? unit : officer.unit, roles: [...new Set(roles)] };
  }
  private command(officer: Officer, who: Who, step: string, asked: Asked): Command {
    return {
      step,
      form: asked.form,
      key: uuidOf(`${officer.id} ${asked.key}`),
      fingerprint: asked.fingerprint,
      who,
      overrides: asked.overrides,
    };
  }
  private async change<T>(
    at: At,
    version: string | undefined,
    change: Change<T>,
    seen: Kept<CaseDocument>,
    key?: string,
  ): Promise<{ result: T; kept: Kept<CaseDocument> }> {
    const known =
      key !== undefined && seen.document.keys.some((each) => each.key === uuidOf(`${at.officer.id} ${key}`));
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
      return await this.options.keeper.change(at.case, change);
    } catch (error) {
      if (error instanceof NoSuchCase || error instanceof BadCursor)
        throw new Refusal('not-found', '没有找到这个办件', {}, 'No such case');
      throw error;
    }
  }
  private async page(officer: Officer, kept: Kept<CaseDocument>): Promise<CasePage> {
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
    });
  }
  private async note(
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
