import { groupMoments, isPending, type CaseDocument, type Limits } from '@chuanyu/engine';
import { prisonVisit, releaseHandover } from '@chuanyu/workflows';
import { Border, calm, type Weather } from './border';
import { Desk } from './desk';
import { flavourFor, quietly, type Flavour, type Operation } from './flavour';
import { contest, contestAfterwards } from './hostile';
import { part, umbrella } from './umbrella';
import { Province, type ProvinceName, type Stores } from './province';
import { Random } from './random';

export interface ScheduleOptions {
  readonly seed: number;
  readonly steps: number;
  readonly without: ReadonlySet<number>;
  /** Tells every operation, so that a schedule can be read. */
  readonly tell?: (line: string) => void;
}

const names: readonly ProvinceName[] = ['sichuan', 'chongqing'];
const begin = Date.parse('2026-11-23T01:00:00.000Z');

/** Two provinces, what happens to them, and what their officers were told. */
export class Schedule {
  readonly random: Random;
  readonly provinces: Readonly<Record<ProvinceName, Province>>;
  readonly border: Border;
  readonly desk: Desk;
  readonly violations: string[] = [];
  operations = 0;
  private readonly weather: Weather;
  readonly flavour: Flavour;
  private nested = false;

  constructor(
    readonly options: ScheduleOptions,
    stores: Readonly<Record<ProvinceName, Stores>>,
    chosen?: Flavour,
  ) {
    const random = (this.random = new Random(options.seed));
    const flavour = (this.flavour = chosen ?? flavourFor(random));
    const limits: Partial<Limits> = { event: 6 * 1024, ask: 2 * 1024, recent: flavour.recent, parked: flavour.parked };
    const alarm = (what: string) => void this.violations.push(what);
    const province = (name: ProvinceName, skew: number) =>
      new Province({
        name,
        random,
        stores: stores[name],
        startsAt: begin + skew,
        limits,
        without: options.without,
        versions: [[contest, releaseHandover, umbrella, part, prisonVisit], [contestAfterwards]],
        alarm,
      });
    const skew = Math.floor((random.next() - 0.5) * 2 * 3_600_000);
    this.provinces = { sichuan: province('sichuan', 0), chongqing: province('chongqing', skew) };
    this.border = new Border(this.provinces, random, options.without, alarm);
    this.desk = new Desk(random, this.provinces, flavour, alarm);
    const bad = flavour.weather;
    this.weather = { drop: 0.06 * bad, duplicate: 0.06 * bad, reorder: 0.25 * bad, redeliver: 0.05 * bad };
    for (const each of names) this.provinces[each].mortality = flavour.mortality;
  }

  /** The same with nothing going wrong by itself: for scenarios. */
  static quiet(options: ScheduleOptions, stores: Readonly<Record<ProvinceName, Stores>>): Schedule {
    return new Schedule(options, stores, quietly);
  }

  async run(): Promise<void> {
    await this.do('open', this.provinces.sichuan);
    for (let n = 1; n < this.flavour.begun; n++) await this.do('open', this.provinces.sichuan);
    for (let n = 0; n < this.flavour.begun * 2; n++) await this.do('sign', this.provinces.sichuan);
    for (; this.operations < this.options.steps; this.operations++) {
      const province = this.provinces[this.random.pick(names) ?? 'sichuan'];
      await this.do(this.random.weighted(this.flavour.weights), province);
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
    if (this.flavour.weather > 0 && this.random.chance(0.5)) await this.lull();
    const { unanswered } = this.desk.ledger;
    this.desk.ledger.unanswered = [];
    for (const request of unanswered) await this.desk.request(request, 0);
    for (let round = 0; round < 24; round++) {
      await this.calmly();
      if (await this.isQuiet()) return;
      for (const name of names) {
        this.provinces[name].clock.advance(round < 4 ? 31_000 : 601_000);
        await this.provinces[name].process(0).timer.tick();
      }
    }
  }
  /** Everything arrives but the last receipts, which are lost: nothing that comes later will show it. */
  private async lull(): Promise<void> {
    for (let left = 60; left > 0; left--) {
      for (const name of names) await this.border.relay(this.provinces[name]);
      if (!(await this.border.deliver(calm, { but: 'receipt' }))) break;
    }
    this.border.lose(0.8);
  }
  /** Whatever is on its way arrives, and what that brings about too. */
  async calmly(): Promise<void> {
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

  /** One operation in one province; now and then another process of it gets in between. */
  async do(operation: Operation, province: Province): Promise<void> {
    this.options.tell?.(`${this.operations} ${province.name} ${operation}`);
    if (!this.nested && this.random.chance(0.06)) {
      province.interruption = async () => {
        // One process in between is enough: the second would wait for itself.
        if (this.nested) return;
        this.nested = true;
        const inner = this.random.weighted({ act: 4, deliver: 4, tick: 1, sign: 2, repeat: 1 });
        await this.do(inner, province);
        this.nested = false;
      };
    }
    const process = this.nested ? 1 : 0;
    switch (operation) {
      case 'act':
        return this.desk.act(province, process);
      case 'impossible':
        return this.desk.impossible(province, process);
      case 'open':
        return this.desk.open(province, process);
      case 'sign':
        return this.desk.sign(province, process);
      case 'return':
        return this.desk.returnOne(province, process);
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
        return this.desk.look(province, process);
      case 'repeat': {
        const request = this.desk.ledger.unanswered.shift();
        return request && this.desk.request(request, process);
      }
      case 'upgrade':
        return province.upgrade();
      case 'urge':
        return this.desk.urge(province, process);
    }
  }
  private async deliver(province: Province, process: 0 | 1): Promise<void> {
    if (this.nested) return void (await this.border.deliver(this.weather, { to: province.name }, process));
    for (let n = 1 + this.random.below(5); n > 0; n--) await this.border.deliver(this.weather);
  }
  private advance(): void {
    const most = this.random.pick([20_000, 60_000, 15 * 60_000, 5 * 3_600_000, 40 * 3_600_000]) ?? 0;
    const by = Math.floor(this.random.next() * most);
    for (const name of names) this.provinces[name].clock.advance(by);
  }
}

/** Something here will still be sent or answered. */
export const isWaiting = (document: CaseDocument): boolean =>
  document.status !== 'draft' &&
  document.status !== 'frozen' &&
  (groupMoments(document).length > 0 || isHanging(document));
const isHanging = (document: CaseDocument): boolean =>
  document.parked.length > 0 ||
  document.waiting.length > 0 ||
  document.repair !== null ||
  document.asks.some(isPending) ||
  (document.peer !== null && document.delivered < document.head.sequence);
