import type { AskMessage, Message, Receipt, StepMessage } from '@chuanyu/contracts';
import { hashOf, shared, uuidOf } from '@chuanyu/contracts';
import { NotYet } from '@chuanyu/event-log';
import type { Province, ProvinceName } from './province';
import { otherProvince } from './province';
import type { Random } from './random';
import { Crash } from './store';

/** A message on its way: across the border, or from the own exchange to the own service. */
export interface Flight {
  readonly to: ProvinceName;
  readonly message: Message;
  readonly border: boolean;
}
type Data = StepMessage | AskMessage;
const isData = (message: Message): message is Data => message.kind === 'step' || message.kind === 'ask';
const clauseOf = (message: Data): string | null =>
  message.kind === 'step' ? message.event.clause : message.ask.clause;

export interface Weather {
  readonly drop: number;
  readonly duplicate: number;
  /** How often something else than the oldest is delivered. */
  readonly reorder: number;
  /** How often a message that was handled is delivered again, since its commit was lost. */
  readonly redeliver: number;
}
export const calm: Weather = { drop: 0, duplicate: 0, reorder: 0, redeliver: 0 };

/** Both exchanges and the network between them, which may delay, duplicate, reorder, drop and be cut. */
export class Border {
  flights: Flight[] = [];
  cut = false;
  private readonly held: Record<ProvinceName, Map<string, Data[]>> = { sichuan: new Map(), chongqing: new Map() };
  /** What goes past the gate: the case whose repair is being answered, where rule 11 is switched off. */
  private past: { readonly province: ProvinceName; readonly case: string } | undefined;

  constructor(
    private readonly provinces: Readonly<Record<ProvinceName, Province>>,
    private readonly random: Random,
    private readonly without: ReadonlySet<number>,
    private readonly alarm: (what: string) => void,
  ) {}

  /** The service's relay puts what waits on the log; it may die after the append and before it settles. */
  async relay(province: Province): Promise<boolean> {
    const cases = province.process(0).keeper.options.cases;
    const pending = await cases.pending(200);
    if (pending.length === 0) return false;
    for (const { value } of pending) this.leave(province, value as Message);
    try {
      await cases.settle(pending.map(({ id }) => id));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      province.restart();
    }
    return true;
  }

  /** The exchange reads the log: what concerns the other side crosses, data only while its clause is live. */
  private leave(province: Province, message: Message): void {
    if (message.to === null) return;
    if (!isData(message)) return this.cross(province, message);
    const queue = this.held[province.name].get(message.case) ?? [];
    const settled = this.without.has(3) ? settledAgain(province, message) : message;
    if (this.past?.province === province.name && this.past.case === message.case && message.kind === 'step')
      return this.cross(province, settled);
    if (queue.length > 0 || !isLive(province, settled)) this.held[province.name].set(message.case, [...queue, settled]);
    else this.cross(province, settled);
  }
  /** A clause is live again: what was held leaves in order, as far as it may. */
  release(province: Province): void {
    for (const [id, queue] of this.held[province.name]) {
      for (let first = queue[0]; first && isLive(province, first); first = queue[0]) {
        this.cross(province, first);
        queue.shift();
      }
      if (queue.length === 0) this.held[province.name].delete(id);
    }
  }
  get isHolding(): boolean {
    return this.held.sichuan.size + this.held.chongqing.size > 0;
  }

  /** The last messages before the quiet are lost: no later one will show the gap. */
  lose(probability: number): void {
    this.flights = this.flights.filter(({ border }) => !border || !this.random.chance(probability));
  }

  private cross(province: Province, message: Message): void {
    if (isData(message) && !isLive(province, message))
      this.alarm(`${message.kind} of ${message.case} crossed without a live clause`);
    const stamped = structuredClone({ ...message, from: province.name });
    if (stamped.kind !== 'step') {
      this.flights.push({ to: otherProvince(province.name), message: stamped, border: true });
      return;
    }
    const signature = { kid: `${province.name}-1`, signature: hashOf(stamped.event) };
    const event = shared(stamped.event);
    this.flights.push({
      to: otherProvince(province.name),
      message: { ...stamped, event, signature },
      border: true,
    });
    const accepted = receiptOf(province, 'accepted', message as StepMessage);
    this.flights.push({
      to: province.name,
      message: {
        kind: 'receipt',
        to: null,
        epoch: 1,
        domain: stamped.domain,
        case: stamped.case,
        receipt: accepted,
        signature,
      },
      border: false,
    });
  }

  /** Delivers one message, perhaps not the oldest, perhaps twice, perhaps never. Returns whether there was one. */
  async deliver(
    weather: Weather,
    only: { readonly to?: ProvinceName; readonly but?: Message['kind'] } = {},
    process: 0 | 1 = 0,
  ): Promise<boolean> {
    const ready = this.flights.filter(
      ({ border, to, message }) =>
        (!this.cut || !border) && (only.to === undefined || only.to === to) && message.kind !== only.but,
    );
    if (ready.length === 0) return false;
    const nth = this.random.chance(weather.reorder) ? this.random.below(Math.min(ready.length, 8)) : 0;
    const flight = ready[nth];
    if (!flight) return false;
    this.flights.splice(this.flights.indexOf(flight), 1);
    if (flight.border && this.random.chance(weather.drop)) return true;
    if (this.random.chance(weather.duplicate)) this.flights.push(flight);
    await this.receive(flight, weather, process);
    return true;
  }

  private async receive(flight: Flight, weather: Weather, process: 0 | 1): Promise<void> {
    const province = this.provinces[flight.to];
    const { message } = flight;
    // The receiver holds too, and never drops, what arrives without a live clause.
    if (flight.border && isData(message) && !isLive(province, message)) {
      this.flights.push(flight);
      return;
    }
    if (flight.border && message.kind === 'step') this.relayed(province, message);
    try {
      await province.process(process).receiver.receive(structuredClone(message));
      if (this.random.chance(weather.redeliver)) this.flights.push(flight);
    } catch (error) {
      if (error instanceof NotYet) this.flights.push(flight);
      else if (error instanceof Crash) {
        province.restart();
        this.flights.unshift(flight);
      } else this.alarm(`${flight.to} set ${message.kind} aside: ${String(error)}`);
    }
    if (this.without.has(11) && message.kind === 'repair') {
      this.past = { province: province.name, case: message.case };
      await this.relay(province);
      this.past = undefined;
    }
  }
  private relayed(province: Province, message: StepMessage): void {
    const receipt = receiptOf(province, 'relayed', message);
    this.flights.push({
      to: otherProvince(province.name),
      message: {
        kind: 'receipt',
        to: otherProvince(province.name),
        from: province.name,
        epoch: 1,
        domain: message.domain,
        case: message.case,
        receipt,
      },
      border: true,
    });
  }
}

const isLive = (province: Province, message: Data): boolean => {
  const clause = clauseOf(message);
  return clause === null || !province.suspended.has(clause);
};
/** Rule 3 switched off: what crosses is worked out when it is sent, not when the step was taken. */
const settledAgain = (province: Province, message: Data): Data => {
  const clause = province.suspended.has('agreement/1') ? 'agreement/2' : 'agreement/1';
  return message.kind === 'step' ? { ...message, event: { ...message.event, clause } } : message;
};
const receiptOf = (province: Province, receipt: 'accepted' | 'relayed', message: StepMessage): Receipt => ({
  id: uuidOf(`${message.case} ${province.name} ${receipt} ${message.event.casesequence}`),
  case: message.case,
  receipt,
  sequence: message.event.casesequence,
  time: province.clock.now(),
  unit: null,
  province: province.name,
});
