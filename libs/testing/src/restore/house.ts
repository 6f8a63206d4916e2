import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officersOfTwo } from '@chuanyu/access';
import { signDraft, takeStep, type Taken, type Who } from '@chuanyu/engine';
import { Provinces } from '@chuanyu/provinces';
import { twoProvinces } from '@chuanyu/reference';
import type { CaseKeeper } from '@chuanyu/service';
import { releaseHandover } from '@chuanyu/workflows';
import { everything } from '../everything-flows';

/** Both provinces on a folder that is thrown away, driven at the keeper beneath the API: for what an officer cannot do (crash, restore). */
export class House {
  readonly running: Provinces[] = [];
  private constructor(readonly folder: string) {}
  static async make(): Promise<House> {
    return new House(await mkdtemp(join(tmpdir(), 'house-')));
  }
  async start(restored?: readonly string[]): Promise<Provinces> {
    const provinces = await Provinces.start({
      data: this.folder,
      directory: twoProvinces,
      officers: officersOfTwo,
      development: true,
      ...(restored ? { restored } : {}),
    });
    this.running.push(provinces);
    for (const each of provinces.all.values())
      await each.log.append([{ topic: 'coordination.clauses', key: everything.id, value: everything }]);
    await provinces.drain(1);
    return provinces;
  }
  async stop(provinces: Provinces): Promise<void> {
    this.running.splice(this.running.indexOf(provinces), 1);
    await provinces.stop();
  }
  async end(): Promise<void> {
    for (const provinces of [...this.running]) await this.stop(provinces);
    await rm(this.folder, { recursive: true, force: true });
  }
}
export const prison: Who = { officer: 'sc.zhouwei', unit: 'sc-chengdu-prison', roles: ['release-officer'] };
export const leader: Who = { officer: 'sc.chenguoqiang', unit: 'sc-chengdu-prison', roles: ['prison-leader'] };
export const resettlement: Who = {
  officer: 'cq.zhangmin',
  unit: 'cq-yubei-resettlement',
  roles: ['resettlement-officer'],
};
export const verified = { result: '属实', familyWilling: true, housing: '租住' };
export const planned = { opinion: '可以', advice: '帮扶' };
const notice = {
  name: '张三',
  residentId: '510107199003077216',
  offence: '盗窃罪',
  sentence: '有期徒刑三年',
  releaseDate: '2099-01-28',
  household: '500112',
  address: '重庆市渝北区某路1号',
  keyPerson: false,
  risk: '低',
};

export const keeperOf = (provinces: Provinces, province: string): CaseKeeper => {
  const found = provinces.province(province).services.get('prison')?.keeper;
  if (!found) throw new Error(`${province} has no prison service`);
  return found;
};
/** Opens a release handover of 四川 to 重庆, signed. Answers its id. */
export const openHandover = async (provinces: Provinces, key: string): Promise<string> => {
  const keeper = keeperOf(provinces, 'sichuan');
  const { taken, kept } = await keeper.open(releaseHandover, {
    step: 'notify',
    form: notice,
    key,
    fingerprint: key,
    who: prison,
    overrides: [],
    to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
  });
  await keeper.change(kept.document.id, (work, context) => signDraft(work, context, taken.what, leader));
  return kept.document.id;
};
export const take = async (
  provinces: Provinces,
  province: string,
  id: string,
  step: string,
  form: unknown,
  who: Who,
): Promise<Taken> =>
  (
    await keeperOf(provinces, province).change(id, (work, context) =>
      takeStep(work, context, { step, form, key: `${step} ${id}`, fingerprint: 'f', who, overrides: [] }),
    )
  ).result;
