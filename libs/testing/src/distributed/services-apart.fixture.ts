import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { officersOfTwo } from '@chuanyu/access';
import { enginesIn, pairAll, ProvinceFiles, seedAccounts, seedAgreement, usesOf } from '@chuanyu/provinces';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { KafkaBroker } from '../engines/kafka-broker';
import { freePort } from '../engines/processes';
import { ServiceProcess } from '../faults/service-process.fixture';
import { eventually } from '../faults/stage.fixture';

const PROVINCES = ['sichuan', 'chongqing'] as const;
type Name = (typeof PROVINCES)[number];
const otherOf = (province: Name): Name => (province === 'sichuan' ? 'chongqing' : 'sichuan');

/** What docker-compose.yml starts: each service of both provinces in a process and a folder of its own, as its own user of Kafka. */
export class ServicesApart {
  readonly urls = new Map<string, string>();
  readonly processes: ServiceProcess[] = [];

  /** `engines` is a folder in which secured servers were started. */
  constructor(
    private readonly folder: string,
    private readonly engines: string,
  ) {}

  async start(): Promise<void> {
    await this.makeKeys();
    // A machine of two cores is not asked for fourteen at once.
    for (const province of PROVINCES) await this.startProvince(province);
    for (const url of this.urls.values())
      await eventually(`${url} is ready`, async () => (await fetch(`${url}/health/ready`)).ok, 120_000);
    await seedAgreement({
      all: new Map(PROVINCES.map((id) => [id, this.seeded(id)])),
      province: (id) => this.seeded(id),
      drain: (rounds) => new Promise((resolve) => setTimeout(resolve, rounds * 1000)),
    });
  }
  whenUp(): Promise<void> {
    return Promise.resolve();
  }
  /** Errors and alarms of all of them. */
  get complaints(): readonly string[] {
    return this.processes.flatMap(({ name, complaints }) =>
      complaints.map((each) => `${name}: ${JSON.stringify(each)}`),
    );
  }
  /** By service, how each ended. */
  async stop(): Promise<readonly string[]> {
    const codes = await Promise.all(this.processes.map(async (each) => `${each.name} ${String(await each.stop())}`));
    this.processes.length = 0;
    return codes;
  }

  /** Each has the keys that it needs and no other's, as apps/laptop lays them out for containers. */
  private async makeKeys(): Promise<void> {
    const pairings = await pairAll(
      await Promise.all(
        PROVINCES.map(async (id) => {
          const province = twoProvinces.province(id);
          if (!province) throw new Error(`no province ${id}`);
          const { brokers } = new KafkaBroker(join(this.engines, id, 'kafka')).connection();
          const files = new ProvinceFiles(this.data(id, 'exchange'));
          await files.prepare();
          const keyring = await files.keyring(realTime);
          return { province, keyring, clock: realTime, addresses: brokers.map((broker) => `kafka://${broker}`) };
        }),
      ),
    );
    for (const province of PROVINCES) {
      const gateway = new ProvinceFiles(this.data(province, 'gateway'));
      await gateway.prepare();
      await gateway.tokenKey();
      for (const service of this.servicesOf(province)) {
        const files = new ProvinceFiles(this.data(province, service));
        await files.prepare();
        const pairing = pairings.get(province);
        if (pairing) await files.savePairing(pairing);
        if (service !== 'gateway') await copyFile(gateway.file('token-key.json'), files.file('token-key.json'));
      }
      const database = await enginesIn(this.engines)(province, gateway).openDatabase();
      await seedAccounts({ options: this.seeded(province).options, database });
      await database.close();
    }
  }
  private async startProvince(province: Name): Promise<void> {
    const domains = workflows.domains();
    const ports = new Map<string, number>();
    for (const service of [...domains, 'gateway']) ports.set(service, await freePort());
    const at = (service: string) => `127.0.0.1:${ports.get(service) ?? 0}`;
    const start = async (service: string): Promise<void> => {
      const own = parseEnv(await readFile(join(this.engines, province, `${service}.environment`), 'utf8'));
      const process = await ServiceProcess.start(service, province, this.data(province, service), {
        ...own,
        CHUANYU_HTTP: at(service),
        CHUANYU_SERVICES: domains.map((domain) => `${domain}=http://${at(domain)}`).join(','),
      });
      this.processes.push(process);
    };
    await Promise.all(this.servicesOf(province).map(start));
    this.urls.set(province, `http://${at('gateway')}`);
  }
  private seeded(id: string) {
    const options = { id, directory: twoProvinces, officers: officersOfTwo, clock: realTime };
    return { options, url: this.urls.get(id) ?? '' };
  }
  private servicesOf(province: Name): readonly string[] {
    return Object.keys(usesOf({ province, peers: [otherOf(province)], workflows }));
  }
  private data(province: string, service: string): string {
    return join(this.folder, province, service);
  }
}
