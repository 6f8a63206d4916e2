import { Refusal, uuidOf } from '@chuanyu/contracts';
import {
  possibilities,
  returnDraft,
  signDraft,
  takeIn,
  takeStep,
  urge,
  type CaseDocument,
  type Command,
  type Taken,
  type Workflow,
} from '@chuanyu/engine';
import type { Change } from '@chuanyu/service';
import { releaseHandover } from '@chuanyu/workflows';
import type { Flavour } from './flavour';
import { contest } from './hostile';
import { keyOf, Ledger, type Answer, type Request } from './ledger';
import { aLeader, anOfficer, aUnit, formFor, officerOf } from './officers';
import { otherProvince, type Province, type ProvinceName } from './province';
import type { Random } from './random';
import { Crash } from './store';
import { part, umbrella } from './umbrella';

const claiming = new Set(['book', 'confirm', 'move', 'approve']);
const closing = new Set(['cancel', 'finish', 'withdraw-returned', 'revoke', 'drop', 'refuse', 'suggest', 'call-off']);

/** The officers of both provinces: what they ask of the services, and what they were told. */
export class Desk {
  readonly ledger = new Ledger();
  readonly refusals = new Map<string, number>();
  private keys = 0;

  constructor(
    private readonly random: Random,
    private readonly provinces: Readonly<Record<ProvinceName, Province>>,
    private readonly flavour: Flavour,
    private readonly alarm: (what: string) => void,
  ) {}

  private async aCase(province: Province): Promise<CaseDocument | undefined> {
    return this.random.pick(await province.documents());
  }
  private workflowOf(province: Province, document: CaseDocument): Workflow | undefined {
    return province.workflows.get(document.workflow, document.definition);
  }
  private key(): string {
    return `key ${this.keys++}`;
  }
  async act(province: Province, process: 0 | 1): Promise<void> {
    const chosen = await this.aCase(province);
    if (!chosen) return;
    for (let n = process === 1 ? 1 : 1 + this.random.below(this.flavour.burst); n > 0; n--) {
      const document = await province.document(chosen.id);
      const workflow = document && this.workflowOf(province, document);
      if (!document || !workflow) return;
      const possible = possibilities(document, workflow, undefined).filter((each) => each.how !== null);
      if (possible.length === 0) return;
      const weights = Object.fromEntries(
        possible.map(({ step, everyday, how }) => {
          const moves = workflow.steps.get(step)?.to !== undefined && !closing.has(step);
          if (this.flavour.contested && claiming.has(step)) return [step, 12];
          return [step, (how === 'take' ? 2 : 1) * (closing.has(step) ? 0.1 : moves && !everyday && n === 1 ? 4 : 1)];
        }),
      );
      await this.take(province, process, document, this.random.weighted(weights));
    }
  }
  async impossible(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    const workflow = document && this.workflowOf(province, document);
    const step = workflow && this.random.pick([...workflow.steps.keys()]);
    if (document && step !== undefined) await this.take(province, process, document, step);
  }
  private async take(province: Province, process: 0 | 1, document: CaseDocument, name: string): Promise<void> {
    const workflow = this.workflowOf(province, document);
    const step = workflow?.steps.get(name);
    if (!workflow || !step) return;
    const who = anOfficer(this.random, province.name, document.side);
    const form = formFor(this.random, province.name, workflow, step, document);
    const command = this.command(name, form, who);
    await this.request({ province: province.name, case: document.id, what: { do: 'step', command } }, process);
  }
  private command(step: string, form: unknown, who: Command['who']): Command {
    return { step, form, key: this.key(), fingerprint: 'f', who, overrides: [] };
  }
  /** A case with others under it, or one of these. */
  private async openInGroup(province: Province, process: 0 | 1): Promise<void> {
    const documents = await province.documents();
    if (documents.length >= this.flavour.cases) return;
    const parents = documents.filter(({ workflow }) => workflow === umbrella.id);
    const parent = this.random.chance(0.2) ? undefined : this.random.pick(parents);
    const workflow = parent ? part : umbrella;
    const who = anOfficer(this.random, province.name, 'origin');
    const peer = otherProvince(province.name);
    const command: Command = {
      ...this.command(
        workflow.opening.name,
        formFor(this.random, province.name, workflow, workflow.opening, undefined),
        who,
      ),
      ...(parent ? { under: parent.id, to: { province: peer, unit: aUnit(this.random, peer) } } : {}),
    };
    const made = uuidOf(`${province.name} ${who.unit} ${command.key}`);
    const what = { do: 'open', workflow: workflow.id, definition: 1, command, alias: this.random.uuid() } as const;
    await this.request({ province: province.name, case: made, what }, process);
  }
  async open(
    province: Province,
    process: 0 | 1,
    id = this.flavour.only !== undefined
      ? this.flavour.only
      : this.flavour.contested || this.random.chance(0.8)
        ? contest.id
        : releaseHandover.id,
  ): Promise<void> {
    if (this.flavour.grouped) return this.openInGroup(province, process);
    if (this.flavour.contested && province.name !== 'sichuan') return;
    if ((await province.documents()).length >= this.flavour.cases) return;
    const workflow = province.workflows.get(id);
    if (!workflow) return;
    const who = anOfficer(this.random, province.name, 'origin');
    const peer = otherProvince(province.name);
    const form = formFor(this.random, province.name, workflow, workflow.opening, undefined);
    const command: Command = {
      ...this.command(workflow.opening.name, form, who),
      to: { province: peer, unit: aUnit(this.random, peer) },
    };
    const made = uuidOf(`${province.name} ${who.unit} ${command.key}`);
    const alias = this.random.uuid();
    await this.request(
      {
        province: province.name,
        case: made,
        what: { do: 'open', workflow: workflow.id, definition: workflow.version, command, alias },
      },
      process,
    );
  }
  async sign(province: Province, process: 0 | 1): Promise<void> {
    const drafted = (await province.documents()).filter((each) => each.drafts.length > 0);
    const document = this.random.pick(drafted);
    const draft = document && this.random.pick(document.drafts);
    if (!draft) return;
    const signer = aLeader(this.random, province.name, document.side);
    await this.request(
      { province: province.name, case: document.id, what: { do: 'sign', draft: draft.id, signer, key: draft.key } },
      process,
    );
  }
  async returnOne(province: Province, process: 0 | 1): Promise<void> {
    const document = (await province.documents()).find((each) => each.drafts.length > 0);
    const draft = document?.drafts[0];
    if (!draft) return;
    const signer = aLeader(this.random, province.name, document.side);
    await this.locally(province, process, document.id, (work, context) =>
      returnDraft(work, context, draft.id, signer, '请修改'),
    );
  }
  async look(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    if (!document || document.status !== 'live') return;
    const who = anOfficer(this.random, province.name, document.side);
    await this.locally(province, process, document.id, (work, context) => takeIn(work, context, who));
  }
  async urge(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    if (document)
      await this.locally(province, process, document.id, (work, context) => urge(work, context, '请尽快', this.key()));
  }
  private async locally(province: Province, process: 0 | 1, id: string, change: Change<unknown>): Promise<void> {
    try {
      await province.process(process).keeper.change(id, change);
    } catch (error) {
      if (error instanceof Crash) province.restart();
      else if (!(error instanceof Refusal)) this.alarm(`${province.name}: ${String(error)}`);
    }
  }

  /** For scenarios: a case that is surely open, and a step that can surely be taken in it. */
  async openAndSign(province: Province): Promise<void> {
    for (let n = 0; n < 200; n++) {
      await this.open(province, 0, contest.id);
      await this.sign(province, 0);
      if ((await province.documents()).some(({ status }) => status === 'live')) return;
    }
    throw new Error('no case was opened');
  }
  async comment(province: Province): Promise<void> {
    const document = await this.aCase(province);
    if (!document) throw new Error('there is no case');
    const command = this.command('comment', { text: '短' }, officerOf(province.name, document.side, 0));
    await this.request({ province: province.name, case: document.id, what: { do: 'step', command } }, 0);
  }

  /** Sends a request; a reply that was lost is asked for again later, with the same key. */
  async request(request: Request, process: 0 | 1): Promise<void> {
    const province = this.provinces[request.province];
    const before = await province.stores.cases.get(request.case);
    const { interruptions } = province;
    try {
      this.ledger.note(request, await this.carryOut(request, province, process));
    } catch (error) {
      if (error instanceof Crash) {
        province.restart();
        this.ledger.note(request, { as: 'unknown' });
        if (!this.random.chance(0.15)) this.ledger.unanswered.push(request);
      } else if (error instanceof Refusal) {
        this.refusals.set(error.code, (this.refusals.get(error.code) ?? 0) + 1);
        this.ledger.note(request, { as: 'refused', code: error.code });
        const after = await province.stores.cases.get(request.case);
        const barred = after?.document.membership?.barred !== null && after?.document.membership !== undefined;
        if (after?.version !== before?.version && !barred && province.interruptions === interruptions)
          this.alarm(`refused ${keyOf(request)} with ${error.code}, and yet something was saved`);
      } else this.alarm(`${province.name}: ${keyOf(request)} failed: ${String(error)}`);
    }
  }
  private async carryOut({ what, case: id }: Request, province: Province, process: 0 | 1): Promise<Answer> {
    const { keeper, groups } = province.process(process);
    switch (what.do) {
      case 'open': {
        const workflow = province.workflows.get(what.workflow, what.definition);
        if (!workflow) throw new Error('no such workflow');
        return (await groups.open(workflow, what.command, what.alias)).taken;
      }
      case 'step': {
        const done = await keeper.change<Taken>(id, (work, context) => takeStep(work, context, what.command));
        await groups.settled(done.kept);
        return done.result;
      }
      case 'sign': {
        const done = await keeper.change<Taken>(id, (work, context) =>
          signDraft(work, context, what.draft, what.signer),
        );
        await groups.settled(done.kept);
        return done.result;
      }
    }
  }
}
