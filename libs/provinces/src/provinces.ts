import { join } from 'node:path';
import type { Officers } from '@chuanyu/access';
import type { Limits } from '@chuanyu/engine';
import type { Pairing } from '@chuanyu/exchange';
import { MovableClock, publishedCalendar, type Calendar, type Directory } from '@chuanyu/reference';
import { EmbeddedEngine, type Engine } from './engine';
import { pairAll, ProvinceFiles } from './province-files';
import { RunningProvince, type ProvinceOptions } from './running-province';

export interface ProvincesOptions {
  /** Each province in a folder of its own below. */
  readonly data: string;
  readonly directory: Directory;
  readonly officers: Officers;
  /** What each province stands on; files in its folder unless said. */
  readonly engine?: (province: string, files: ProvinceFiles) => Engine;
  /** Port of each province's gateway; any that is free where absent. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly host?: string;
  readonly calendar?: Calendar;
  readonly limits?: Partial<Limits>;
  readonly timerMilliseconds?: number;
  /** Size limit and scanner of a province's attachments. */
  readonly attachments?: (province: string) => NonNullable<ProvinceOptions['attachments']>;
  /** Provinces whose database was restored from a backup. */
  readonly restored?: readonly string[];
  readonly development?: boolean;
  /** Where a province's services write a line for each request, and for each record that belongs to one; nowhere unless said. */
  readonly journal?: (province: string) => NonNullable<ProvinceOptions['journal']>;
  readonly onError?: (where: string, error: unknown) => void;
  readonly onAlarm?: (what: string) => void;
}

/** Several provinces in one process, each with its own database, log and clock, and a border that can be cut and healed. */
export class Provinces {
  private constructor(
    private readonly options: ProvincesOptions,
    readonly all: ReadonlyMap<string, RunningProvince>,
  ) {}

  static async start(options: ProvincesOptions): Promise<Provinces> {
    const { directory, officers, data } = options;
    const opened = new Map<string, RunningProvince>();
    const provinces = new Provinces(options, opened);
    const ids = directory.provinces.map((province) => province.id);
    for (const id of ids) {
      const files = new ProvinceFiles(join(data, id));
      await files.prepare();
      const clock = new MovableClock(await files.clockOffset());
      opened.set(
        id,
        await RunningProvince.open({
          id,
          files,
          engine: options.engine?.(id, files) ?? new EmbeddedEngine(files),
          directory,
          officers,
          clock,
          calendar: options.calendar ?? publishedCalendar,
          port: options.ports?.[id] ?? 0,
          host: options.host ?? '127.0.0.1',
          onError: options.onError ?? (() => undefined),
          onAlarm: options.onAlarm ?? (() => undefined),
          ...(options.journal ? { journal: options.journal(id) } : {}),
          ...(options.restored?.includes(id) === true ? { restored: true } : {}),
          ...(options.attachments ? { attachments: options.attachments(id) } : {}),
          ...(options.limits ? { limits: options.limits } : {}),
          ...(options.timerMilliseconds === undefined ? {} : { timerMilliseconds: options.timerMilliseconds }),
          ...(options.development === true
            ? {
                development: {
                  advance: (milliseconds, province) => provinces.advance(milliseconds, province),
                  cut: () => provinces.cut(),
                  heal: () => provinces.heal(),
                  state: () => provinces.state(),
                },
              }
            : {}),
        }),
      );
    }
    await provinces.startAll();
    return provinces;
  }
  private async startAll(): Promise<void> {
    const running = [...this.all.values()];
    const keyed = await Promise.all(
      running.map(async (each) => ({ each, keyring: await each.options.files.keyring(each.options.clock) })),
    );
    const fresh = await pairAll(
      keyed.map(({ each, keyring }) => {
        const province = this.options.directory.province(each.options.id);
        if (!province) throw new Error(`no province ${each.options.id}`);
        return {
          province,
          keyring,
          clock: each.options.clock,
          addresses: each.options.engine.addresses,
        };
      }),
    );
    await Promise.all(
      keyed.map(async ({ each, keyring }) => {
        const made = fresh.get(each.options.id);
        if (!made) throw new Error(`${each.options.id} is not paired`);
        const pairing = atAddressesOf((await each.options.files.pairing()) ?? made, made);
        await each.options.files.savePairing(pairing);
        await each.start(
          running.filter((other) => other !== each),
          keyring,
          pairing,
        );
      }),
    );
  }

  province(id: string): RunningProvince {
    const found = this.all.get(id);
    if (!found) throw new Error(`no province ${id}`);
    return found;
  }
  /** Moves the clocks of all provinces, or of one; kept, so that a restart does not turn time back. */
  async advance(milliseconds: number, province?: string): Promise<Readonly<Record<string, string>>> {
    for (const each of this.all.values()) {
      if (province !== undefined && each.options.id !== province) continue;
      each.options.clock.advance(milliseconds);
      await each.options.files.saveClockOffset(each.options.clock.moved);
    }
    return Object.fromEntries([...this.all.values()].map((each) => [each.options.id, each.options.clock.now()]));
  }
  cut(): void {
    for (const each of this.all.values()) for (const line of Object.values(each.lines)) line.cut();
  }
  heal(): void {
    for (const each of this.all.values()) for (const line of Object.values(each.lines)) line.heal();
  }
  get isCut(): boolean {
    return [...this.all.values()].some((each) => Object.values(each.lines).some((line) => line.isCut));
  }
  state(): object {
    return {
      border: this.isCut ? 'cut' : 'open',
      provinces: [...this.all.values()].map((each) => ({ id: each.options.id, now: each.options.clock.now() })),
    };
  }
  /** Until nothing moves any more: what was said has crossed, was applied and acknowledged. */
  async drain(rounds = 4): Promise<void> {
    for (let n = 0; n < rounds; n++) for (const each of this.all.values()) await each.settle();
  }
  /** What its end is waiting for. */
  get ending(): string | undefined {
    const waiting = [...this.all.values()].flatMap((each) => each.ending);
    return waiting.length === 0 ? undefined : waiting.join(', ');
  }
  async stop(): Promise<void> {
    await Promise.all([...this.all.values()].map((each) => each.stop()));
    await Promise.all([...this.all.values()].map((each) => each.close()));
  }
}

/** What was agreed once, with the logs where they are now: a folder or a server may have moved. */
const atAddressesOf = (known: Pairing, now: Pairing): Pairing => ({
  ...known,
  peers: known.peers.map((peer) => ({
    ...peer,
    addresses: now.peers.find(({ province }) => province === peer.province)?.addresses ?? peer.addresses,
  })),
});
