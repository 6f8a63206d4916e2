import {
  generateKeys,
  loadKeyring,
  Sealer,
  wrap,
  type Keyring,
  type Pairing,
  type Sealed,
  type Unsigned,
} from '@chuanyu/exchange';
import { topics, type Json, type StepEvent } from '@chuanyu/contracts';
import type { Link } from '@chuanyu/engine';
import type { RunningProvince } from '@chuanyu/provinces';
import type { Clock } from '@chuanyu/reference';
import type { Stage } from './stage.fixture';

export interface Sealing {
  readonly topic?: string;
  readonly keyring?: Keyring;
  readonly clock?: Clock;
}

/** Writes on its province's own border log whatever it likes, with its real keys or with others. */
export class Liar {
  private constructor(
    private readonly stage: Stage,
    private readonly name: 'sichuan' | 'chongqing',
    readonly keyring: Keyring,
    private readonly pairing: Pairing,
  ) {}
  static async in(stage: Stage, name: 'sichuan' | 'chongqing'): Promise<Liar> {
    const { files, clock } = stage.provinces.province(name).options;
    const pairing = await files.pairing();
    if (!pairing) throw new Error(`${name} is not paired`);
    return new Liar(stage, name, await files.keyring(clock), pairing);
  }
  get province(): RunningProvince {
    return this.stage.provinces.province(this.name);
  }
  get to(): string {
    return this.name === 'sichuan' ? 'chongqing' : 'sichuan';
  }
  /** A keyring that nobody was told of. */
  static strangeKeys(stage: Stage): Promise<Keyring> {
    return generateKeys(stage.sichuan.options.clock.now());
  }
  topic(kind: string, domain = 'prison'): string {
    return kind === 'step' || kind === 'ask'
      ? topics.border(this.name, this.to, domain)
      : topics.control(this.name, this.to);
  }
  async seal(
    kind: string,
    body: Json,
    { topic = this.topic(kind), keyring = this.keyring, clock = this.province.options.clock }: Sealing = {},
  ): Promise<Sealed & { readonly topic: string }> {
    const parcel: Unsigned = { from: this.name, to: this.to, kind, epoch: 1, body };
    return { topic, ...(await wrap(parcel, topic, { keyring, sealer: this.sealer(), clock })) };
  }
  private sealer(): Sealer {
    return new Sealer(() => this.pairing, this.province.options.clock);
  }
  /** Its own keys, as if they were in use at any time. */
  async withoutLimits(): Promise<Keyring> {
    const saved = JSON.parse(JSON.stringify(this.keyring.save())) as { keys: object[] };
    const always = { signsFrom: '2000-01-01T00:00:00.000Z', signsUntil: '2999-01-01T00:00:00.000Z' };
    const keys = saved.keys.map((key) => ({ ...key, ...always, verifiesUntil: '2999-01-01T00:00:00.000Z' }));
    const loaded = await loadKeyring({ ...saved, keys });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    return loaded.keyring;
  }
  async put(key: string, { topic, value, headers }: Sealed & { readonly topic: string }): Promise<void> {
    await this.province.log.append([{ topic, key, value, headers }]);
  }
  async say(key: string, kind: string, body: Json, options: Sealing = {}): Promise<void> {
    await this.put(key, await this.seal(kind, body, options));
  }
  async step(event: StepEvent, options: Sealing = {}): Promise<void> {
    const body = JSON.parse(JSON.stringify({ domain: 'prison', case: event.subject, event })) as Json;
    await this.say(event.subject, 'step', body, options);
  }
  /** The event that this province would write next, were it to tell the truth. */
  async next(id: string, step: string, changed: Partial<StepEvent> = {}, data: object = {}): Promise<StepEvent> {
    const kept = await this.province.services.get('prison')?.keeper.get(id);
    if (!kept) throw new Error(`no case ${id}`);
    const { head, alias, recent } = kept.document;
    const last: Link | undefined = recent.at(-1);
    if (!last) throw new Error('no link');
    const type = `prison.release-handover.${step}.v1`;
    const now = this.province.options.clock.now();
    const event: StepEvent = {
      ...last.event,
      id: `${id}/${head.sequence + 1}`,
      type,
      source: `${this.name}/prison`,
      time: now,
      dataschema: type,
      casesequence: head.sequence + 1,
      previoushash: head.hash,
      tenure: head.tenure + 1,
      stepkey: `lie-${now}`,
      casealias: alias,
      clause: this.stage.agreement.clause(1),
      ...changed,
      data: { ...last.event.data, signed: null, ask: null, opening: null, yields: null, from: head.state, ...data },
    };
    const { private: _, ...shared } = event;
    return changed.private ? event : shared;
  }
}

/** What 渝北 would truthfully say next of a case that was notified. */
export const verification = {
  state: 'verified',
  turn: 'origin' as const,
  due: '2027-01-04T16:00:00.000Z',
  by: { province: 'chongqing', unit: 'cq-yubei-resettlement', role: 'resettlement-officer' },
  form: { result: '属实', familyWilling: true, housing: '租住' },
  salt: '01970000-0000-4000-8000-000000000000',
};

/** What the exchange of this province has set aside, newest first. */
export const quarantinedIn = async (province: RunningProvince) => {
  const state = (await province.exchange?.state()) as
    { quarantined: readonly { topic: string; code: string; detail: string; position: string }[] } | undefined;
  return state?.quarantined ?? [];
};
export const heldIn = async (province: RunningProvince) => {
  const state = (await province.exchange?.state()) as
    { held: readonly { direction: string; case: string; why: string }[] } | undefined;
  return state?.held ?? [];
};
