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
  type Limits,
  type Taken,
  type Workflow,
} from '@chuanyu/engine';
import type { Change } from '@chuanyu/service';
import { Border, calm, type Weather } from './border';
import { contest, contestAfterwards } from './hostile';
import { keyOf, Ledger, type Answer, type Request } from './ledger';
import { aLeader, anOfficer, aUnit, formFor } from './officers';
import { otherProvince, Province, type ProvinceName, type Stores } from './province';
import { Random } from './random';
import { Crash } from './store';

export interface ScheduleOptions {
  readonly seed: number;
  readonly steps: number;
  readonly without: ReadonlySet<number>;
  /** Tells every operation, so that a schedule can be read. */
  readonly tell?: (line: string) => void;
}

/** The relative frequency of what may happen next. */
const operations = {
  act: 40,
  impossible: 3,
  open: 4,
  sign: 20,
  return: 1,
  relay: 16,
  deliver: 24,
  tick: 10,
  clock: 8,
  cut: 1,
  heal: 1,
  suspend: 2,
  resume: 3,
  look: 4,
  repeat: 5,
  upgrade: 0.6,
  urge: 0.5,
};
const closing = new Set(['cancel', 'finish', 'withdraw-returned']);
type Operation = keyof typeof operations;
const names: readonly ProvinceName[] = ['sichuan', 'chongqing'];
const begin = Date.parse('2026-11-23T01:00:00.000Z');

/** Two provinces, what happens to them, and what their officers were told. */
export class Schedule {
  readonly random: Random;
  readonly provinces: Readonly<Record<ProvinceName, Province>>;
  readonly border: Border;
  readonly ledger = new Ledger();
  readonly violations: string[] = [];
  readonly refusals = new Map<string, number>();
  operations = 0;
  private readonly weather: Weather;
  private readonly most: number;
  private keys = 0;
  private nested = false;

  constructor(
    readonly options: ScheduleOptions,
    stores: Readonly<Record<ProvinceName, Stores>>,
  ) {
    const random = (this.random = new Random(options.seed));
    const limits: Partial<Limits> = {
      event: 6 * 1024,
      ask: 2 * 1024,
      recent: random.pick([2, 3, 16]) ?? 2,
      parked: random.pick([2, 64]) ?? 2,
    };
    const alarm = (what: string) => void this.violations.push(what);
    const province = (name: ProvinceName, skew: number) =>
      new Province({
        name,
        random,
        stores: stores[name],
        startsAt: begin + skew,
        limits,
        without: options.without,
        versions: [[contest], [contestAfterwards]],
        alarm,
      });
    const skew = Math.floor((random.next() - 0.5) * 2 * 3_600_000);
    this.provinces = { sichuan: province('sichuan', 0), chongqing: province('chongqing', skew) };
    this.border = new Border(this.provinces, random, options.without, alarm);
    const bad = random.pick([0, 1, 2]) ?? 0;
    this.weather = { drop: 0.06 * bad, duplicate: 0.06 * bad, reorder: 0.25 * bad, redeliver: 0.05 * bad };
    const mortality = random.pick([0, 0.01, 0.04]) ?? 0;
    for (const each of names) this.provinces[each].mortality = mortality;
    this.most = 1 + random.below(3);
  }

  async run(): Promise<void> {
    await this.do('open', this.provinces.sichuan);
    for (; this.operations < this.options.steps; this.operations++) {
      const province = this.provinces[this.random.pick(names) ?? 'sichuan'];
      await this.do(this.random.weighted(operations), province);
    }
    await this.heal();
  }

  /** Everything works again and time passes, until nothing more happens or too long. */
  async heal(): Promise<void> {
    this.border.cut = false;
    for (const name of names) {
      const province = this.provinces[name];
      province.mortality = 0;
      province.interruption = undefined;
      province.suspended.clear();
      while (!province.isNewest) province.upgrade();
      this.border.release(province);
    }
    const { unanswered } = this.ledger;
    this.ledger.unanswered = [];
    for (const request of unanswered) await this.request(request, 0);
    for (let round = 0; round < 24; round++) {
      await this.calmly();
      if (await this.isQuiet()) return;
      for (const name of names) {
        this.provinces[name].clock.advance(round < 4 ? 31_000 : 601_000);
        await this.provinces[name].process(0).timer.tick();
      }
    }
  }
  private async calmly(): Promise<void> {
    for (let left = 40; left > 0; left--) {
      for (const name of names) await this.border.relay(this.provinces[name]);
      const { length } = this.border.flights;
      if (length === 0) return;
      for (let n = 0; n < length; n++) await this.border.deliver(calm);
    }
  }
  /** Is there nothing that will still happen by itself? */
  private async isQuiet(): Promise<boolean> {
    if (this.border.flights.length > 0 || this.border.isHolding) return false;
    for (const name of names) {
      const documents = await this.provinces[name].documents();
      if (documents.some((document) => isWaiting(document))) return false;
    }
    return true;
  }

  private async do(operation: Operation, province: Province): Promise<void> {
    this.options.tell?.(`${this.operations} ${province.name} ${operation}`);
    if (!this.nested && this.random.chance(0.06)) {
      province.interruption = async () => {
        this.nested = true;
        const inner = this.random.weighted({ act: 4, deliver: 4, tick: 1, sign: 2, repeat: 1 });
        await this.do(inner, province);
        this.nested = false;
      };
    }
    const process = this.nested ? 1 : 0;
    switch (operation) {
      case 'act':
        return this.act(province, process);
      case 'impossible':
        return this.impossible(province, process);
      case 'open':
        return this.open(province, process);
      case 'sign':
        return this.sign(province, process);
      case 'return':
        return this.returnOne(province, process);
      case 'relay':
        return void (await this.border.relay(province));
      case 'deliver':
        return this.deliver(province, process);
      case 'tick':
        return province.process(process).timer.tick();
      case 'clock':
        return this.advance();
      case 'cut':
        this.border.cut = true;
        return;
      case 'heal':
        this.border.cut = false;
        return;
      case 'suspend':
        province.suspended.add(this.random.pick(['agreement/1', 'agreement/2']) ?? '');
        return;
      case 'resume':
        province.suspended.delete(this.random.pick(['agreement/1', 'agreement/2']) ?? '');
        return this.border.release(province);
      case 'look':
        return this.look(province, process);
      case 'repeat': {
        const request = this.ledger.unanswered.shift();
        return request && this.request(request, process);
      }
      case 'upgrade':
        return province.upgrade();
      case 'urge':
        return this.urge(province, process);
    }
  }
  private async deliver(province: Province, process: 0 | 1): Promise<void> {
    if (this.nested) return void (await this.border.deliver(this.weather, province.name, process));
    for (let n = 1 + this.random.below(5); n > 0; n--) await this.border.deliver(this.weather);
  }
  private advance(): void {
    const most = this.random.pick([20_000, 60_000, 15 * 60_000, 5 * 3_600_000, 40 * 3_600_000]) ?? 0;
    const by = Math.floor(this.random.next() * most);
    for (const name of names) this.provinces[name].clock.advance(by);
  }

  private async aCase(province: Province): Promise<CaseDocument | undefined> {
    return this.random.pick(await province.documents());
  }
  private workflowOf(province: Province, document: CaseDocument): Workflow | undefined {
    return province.workflows.get(document.workflow, document.definition);
  }
  private key(): string {
    return `key ${this.keys++}`;
  }
  private async act(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    const workflow = document && this.workflowOf(province, document);
    if (!document || !workflow) return;
    const possible = possibilities(document, workflow, undefined).filter((each) => each.how !== null);
    const weights = Object.fromEntries(
      possible.map(({ step, everyday, how }) => {
        const moves = workflow.steps.get(step)?.to !== undefined && !closing.has(step);
        return [step, (how === 'take' ? 2 : 1) * (closing.has(step) ? 0.1 : moves && !everyday ? 4 : 1)];
      }),
    );
    if (possible.length === 0) return;
    await this.take(province, process, document, this.random.weighted(weights));
  }
  private async impossible(province: Province, process: 0 | 1): Promise<void> {
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
    const form = formFor(this.random, workflow, step, document);
    const command = this.command(name, form, who);
    await this.request({ province: province.name, case: document.id, what: { do: 'step', command } }, process);
  }
  private command(step: string, form: unknown, who: Command['who']): Command {
    return { step, form, key: this.key(), fingerprint: 'f', who, overrides: [] };
  }
  private async open(province: Province, process: 0 | 1): Promise<void> {
    if ((await province.documents()).length >= this.most) return;
    const workflow = province.workflows.get(contest.id);
    if (!workflow) return;
    const who = anOfficer(this.random, province.name, 'origin');
    const peer = otherProvince(province.name);
    const form = formFor(this.random, workflow, workflow.opening, undefined);
    const secret =
      form !== null && typeof form === 'object' && 'opinion' in form ? { opinion: `只在${province.name}` } : {};
    const command: Command = {
      ...this.command(workflow.opening.name, { ...(form as object), ...secret }, who),
      to: { province: peer, unit: aUnit(this.random, peer) },
    };
    const id = uuidOf(`${province.name} ${who.unit} ${command.key}`);
    const alias = this.random.uuid();
    await this.request(
      { province: province.name, case: id, what: { do: 'open', definition: workflow.version, command, alias } },
      process,
    );
  }
  private async sign(province: Province, process: 0 | 1): Promise<void> {
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
  private async returnOne(province: Province, process: 0 | 1): Promise<void> {
    const document = (await province.documents()).find((each) => each.drafts.length > 0);
    const draft = document?.drafts[0];
    if (!draft) return;
    const signer = aLeader(this.random, province.name, document.side);
    await this.locally(province, process, document.id, (work, context) =>
      returnDraft(work, context, draft.id, signer, '请修改'),
    );
  }
  private async look(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    if (!document || document.status !== 'live') return;
    const who = anOfficer(this.random, province.name, document.side);
    await this.locally(province, process, document.id, (work, context) => takeIn(work, context, who));
  }
  private async urge(province: Province, process: 0 | 1): Promise<void> {
    const document = await this.aCase(province);
    if (document)
      await this.locally(province, process, document.id, (work, context) => urge(work, context, '请尽快', this.key()));
  }
  private async locally(province: Province, process: 0 | 1, id: string, change: Change<unknown>): Promise<void> {
    try {
      await province.process(process).keeper.change(id, change);
    } catch (error) {
      if (error instanceof Crash) province.restart();
      else if (!(error instanceof Refusal)) this.violations.push(`${province.name}: ${String(error)}`);
    }
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
        if (after?.version !== before?.version && province.interruptions === interruptions)
          this.violations.push(`refused ${keyOf(request)} with ${error.code}, and yet something was saved`);
      } else this.violations.push(`${province.name}: ${keyOf(request)} failed: ${String(error)}`);
    }
  }
  private async carryOut({ what, case: id }: Request, province: Province, process: 0 | 1): Promise<Answer> {
    const { keeper } = province.process(process);
    switch (what.do) {
      case 'open': {
        const workflow = province.workflows.get(contest.id, what.definition);
        if (!workflow) throw new Error('no such workflow');
        return (await keeper.open(workflow, what.command, what.alias)).taken;
      }
      case 'step':
        return (await keeper.change<Taken>(id, (work, context) => takeStep(work, context, what.command))).result;
      case 'sign':
        return (await keeper.change<Taken>(id, (work, context) => signDraft(work, context, what.draft, what.signer)))
          .result;
    }
  }
}

/** Something here will still be sent or answered. */
export const isWaiting = (document: CaseDocument): boolean =>
  document.status !== 'draft' &&
  document.status !== 'frozen' &&
  (document.parked.length > 0 ||
    document.waiting.length > 0 ||
    document.repair !== null ||
    document.asks.some((each) => each.status === 'open') ||
    (document.peer !== null && document.delivered < document.head.sequence));
