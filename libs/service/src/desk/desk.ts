import type { AuditRow, Officer } from '@chuanyu/access';
import { Refusal, uuidOf, type Secrecy } from '@chuanyu/contracts';
import { returnDraft, signDraft, takeStep, unitInCharge, type Command, type Taken, type Who } from '@chuanyu/engine';
import type { CasePage } from './case-page';
import { exportCase } from './export';
import type { At, DeskGround } from './ground';
import type { MemberView } from './members';

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

/** What officers do with cases that both sides see: who may comes first in every method. */
export class CaseDesk {
  constructor(private readonly ground: DeskGround) {}

  async open(
    officer: Officer,
    name: string,
    asked: Asked & {
      readonly to?: { readonly province: string; readonly unit: string };
      readonly under?: string;
      readonly secrecy?: Secrecy;
    },
  ): Promise<Answer> {
    const newest = this.ground.workflow(name);
    const workflow = this.ground.options.versionFor
      ? this.ground.options.versionFor(newest, asked.to?.province)
      : newest;
    if (!workflow)
      throw new Refusal(
        'not-possible',
        `对方省（市）尚未启用「${newest.title}」`,
        { possible: [] },
        'The other province does not know this workflow yet',
      );
    this.ground.options.mayWrite?.();
    const command = this.command(officer, this.ground.whoAt(officer, officer.unit), workflow.opening.name, asked);
    await this.ground.mustSeeParent(officer, workflow, asked.under);
    const { taken, kept } = await this.ground.options.groups.open(workflow, {
      ...command,
      ...(asked.to ? { to: asked.to } : {}),
      ...(asked.under === undefined ? {} : { under: asked.under }),
      ...(asked.secrecy === undefined ? {} : { secrecy: asked.secrecy }),
    });
    await this.ground.note(officer, 'open-case', kept.document, { as: taken.as });
    return { taken, page: await this.ground.page(officer, kept) };
  }

  /** Reading a case page is reading personal data: it is audited, with the purpose where one was given. */
  async read(at: At, purpose: string | undefined): Promise<CasePage> {
    const kept = await this.ground.see(at);
    await this.ground.note(at.officer, 'read-case', kept.document, {}, purpose);
    return this.ground.page(at.officer, kept);
  }

  async step(at: At, step: string, asked: Asked): Promise<Answer> {
    const seen = await this.ground.see(at);
    this.ground.options.mayWrite?.();
    const who = this.ground.whoAt(at.officer, unitInCharge(seen.document));
    const { result, kept } = await this.ground.change(
      at,
      asked.version,
      (work, context) => takeStep(work, context, this.command(at.officer, who, step, asked)),
      seen,
      keyOf(at.officer, asked.key),
    );
    await this.ground.note(at.officer, 'take-step', kept.document, { step, as: result.as });
    return { taken: result, page: await this.ground.page(at.officer, kept) };
  }

  async sign(at: At, draft: string): Promise<Answer> {
    const seen = await this.ground.see(at);
    this.ground.options.mayWrite?.();
    const who = this.ground.whoAt(at.officer, unitInCharge(seen.document));
    const { result, kept } = await this.ground.change(
      at,
      undefined,
      (work, context) => signDraft(work, context, draft, who),
      seen,
    );
    await this.ground.note(at.officer, 'sign-draft', kept.document, { draft });
    return { taken: result, page: await this.ground.page(at.officer, kept) };
  }
  async return(at: At, draft: string, reason: string): Promise<CasePage> {
    const seen = await this.ground.see(at);
    const who = this.ground.whoAt(at.officer, unitInCharge(seen.document));
    const { kept } = await this.ground.change(
      at,
      undefined,
      (work, context) => returnDraft(work, context, draft, who, reason),
      seen,
    );
    await this.ground.note(at.officer, 'return-draft', kept.document, { draft });
    return this.ground.page(at.officer, kept);
  }

  /** The cases under this one; only those in which this step was taken, where one is named (谁依据过它). */
  async members(at: At, took: string | undefined): Promise<readonly MemberView[]> {
    const { document } = await this.ground.see(at);
    await this.ground.note(at.officer, 'read-members', document, took === undefined ? {} : { took });
    const members = await this.ground.members(at.officer, document);
    return took === undefined ? members : members.filter((each) => each.took.some(({ step }) => step === took));
  }

  /** Who read and did what with the case, oldest first: for the leader of the unit in charge. */
  async audit(at: At): Promise<readonly AuditRow[]> {
    const kept = await this.ground.see(at);
    if (!this.ground.isLeader(at.officer, kept.document, this.ground.options.keeper.workflowOf(kept.document)))
      throw new Refusal(
        'not-allowed',
        '审计记录由受理单位负责人查阅',
        {},
        'The audit is for the leader of the unit in charge',
      );
    await this.ground.note(at.officer, 'read-audit', kept.document, {});
    return this.ground.options.audit.ofCase(kept.document.id);
  }

  /** JSON lines: the whole chain as this side holds it; what `script/verify` reads. */
  async export(at: At): Promise<string> {
    const kept = await this.ground.see(at);
    await this.ground.note(at.officer, 'export-case', kept.document, {});
    return exportCase(
      kept.document,
      await this.ground.options.keeper.chain(kept.document),
      this.ground.options.keeper.options.clock.now(),
      this.ground.options.keys?.(),
    );
  }

  private command(officer: Officer, who: Who, step: string, asked: Asked): Command {
    return {
      step,
      form: asked.form,
      key: keyOf(officer, asked.key),
      fingerprint: asked.fingerprint,
      who,
      overrides: asked.overrides,
    };
  }
}

/** The caller's key as it stands in the chain: it says nothing of who chose it, and officers cannot use each other's. */
const keyOf = (officer: Officer, key: string): string => uuidOf(`${officer.id} ${key}`);
