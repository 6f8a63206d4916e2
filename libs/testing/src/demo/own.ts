import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog, auditDefinition, officersOfTwo, verifyAudit, type AuditBlock, type Officers } from '@chuanyu/access';
import { Provinces, seedAccounts, seedAgreement, seedProjects } from '@chuanyu/provinces';
import { twoProvinces, type Directory } from '@chuanyu/reference';
import { pino } from 'pino';
import type { Inside } from './day';
import { OwnEngines } from '../engines/own';

/** Provinces of one's own in a fresh folder, seeded: gone when stopped. */
export class OwnProvinces implements Inside {
  private constructor(
    readonly folder: string,
    readonly provinces: Provinces,
    /** What went wrong inside, without anybody having asked. */
    readonly errors: readonly string[],
    readonly alarms: readonly string[],
    private readonly engines: OwnEngines | undefined,
  ) {}

  static async start({
    directory = twoProvinces,
    officers = officersOfTwo,
    agreements = [['sichuan', 'chongqing']],
    projects = false,
    engine = 'embedded',
  }: {
    readonly directory?: Directory;
    readonly officers?: Officers;
    readonly agreements?: readonly (readonly [string, string])[];
    /** The items of the cooperation list as projects: a few seconds more. */
    readonly projects?: boolean;
    /** `distributed` starts a secured Kafka and a MongoDB for each of the two provinces. */
    readonly engine?: 'embedded' | 'distributed';
  } = {}): Promise<OwnProvinces> {
    const folder = await mkdtemp(join(tmpdir(), 'chuanyu-day-'));
    const errors: string[] = [];
    const alarms: string[] = [];
    let provinces: Provinces | undefined;
    let engines: OwnEngines | undefined;
    try {
      if (engine === 'distributed') engines = await OwnEngines.start(join(folder, 'engines'));
      provinces = await Provinces.start({
        data: folder,
        directory,
        officers,
        ...(engines ? { engine: engines.of } : {}),
        development: true,
        timerMilliseconds: 200,
        journal: (province) =>
          pino(
            { name: `gateway ${province}` },
            pino.destination({ dest: join(folder, province, 'requests.log'), sync: true }),
          ),
        onError: (where, error) =>
          errors.push(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
        onAlarm: (what) => alarms.push(what),
      });
      for (const province of provinces.all.values()) await seedAccounts(province);
      for (const [from, to] of agreements) await seedAgreement(provinces, from, to);
      if (projects) await seedProjects(provinces);
      return new OwnProvinces(folder, provinces, errors, alarms, engines);
    } catch (error) {
      await provinces?.stop();
      await engines?.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
  async stop(): Promise<void> {
    await this.provinces.stop();
    await this.engines?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get urls(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.provinces.all].map(([id, { url }]) => [id, url]));
  }
  async audit(province: string, id: string): ReturnType<Inside['audit']> {
    const { database, options } = this.provinces.province(province);
    const log = new AuditLog(await database.collection<AuditBlock>(auditDefinition), options.clock);
    const acts = (await log.ofCase(id)).map(({ who, act }) => ({ who, act }));
    return { acts, sound: (await verifyAudit(log.rows())).sound };
  }
}
