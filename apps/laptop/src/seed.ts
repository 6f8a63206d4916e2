import { setTimeout as pause } from 'node:timers/promises';
import { officersOfTwo } from '@chuanyu/access';
import {
  engineOf,
  ProvinceFiles,
  seedAccounts,
  seedAgreement,
  seedProjects,
  seedRegisters,
  type SeededProvince,
  type SeededProvinces,
} from '@chuanyu/provinces';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { readSettings } from '@chuanyu/service';

/** Sets the passwords of one province's officers, in the database that the environment names. */
export const setPasswords = async (): Promise<void> => {
  const { engine, data, province } = readSettings();
  const database = await engineOf(engine, new ProvinceFiles(data)).openDatabase();
  try {
    const options = { id: province, directory: twoProvinces, officers: officersOfTwo };
    await seedAccounts({ options, database });
  } finally {
    await database.close();
  }
};

/** The agreement, registers and projects that `script/server` makes, at gateways that run: `sichuan=http://…`. */
export const seed = async (places: readonly string[]): Promise<void> => {
  const provinces = new ProvincesElsewhere(places);
  for (const { url } of provinces.all.values()) await untilReady(url);
  await seedAgreement(provinces);
  await seedRegisters(provinces);
  await seedProjects(provinces);
};

/** Services start beside each other: a gateway that answers may still wait for those behind it. */
const untilReady = async (url: string): Promise<void> => {
  for (const end = performance.now() + 180_000; ; await pause(1000)) {
    const answer = await fetch(new URL('/health/ready', url)).catch(() => undefined);
    if (answer?.ok === true) return;
    if (performance.now() > end)
      throw new Error(`${url} does not become ready: ${(await answer?.text()) ?? 'no answer'}`);
  }
};

/** Provinces of which only the gateways are known: nothing can be helped along, only awaited. */
class ProvincesElsewhere implements SeededProvinces {
  readonly all: ReadonlyMap<string, SeededProvince>;

  constructor(places: readonly string[]) {
    this.all = new Map(
      places.map((place) => {
        const [id = '', url = ''] = place.split('=');
        if (!twoProvinces.province(id) || !URL.canParse(url)) throw new Error(`${place} is not <province>=<url>`);
        return [id, { options: { id, directory: twoProvinces, officers: officersOfTwo, clock: realTime }, url }];
      }),
    );
  }
  province(id: string): SeededProvince {
    const found = this.all.get(id);
    if (!found) throw new Error(`no address of ${id}`);
    return found;
  }
  async drain(rounds: number): Promise<void> {
    await pause(rounds * 1000);
  }
}
