import { join } from 'node:path';
import { officersOfTwo } from '@chuanyu/access';
import { Provinces, EmbeddedEngine, seedAccounts, seedAgreement, SEED_PASSWORD } from '@chuanyu/provinces';
import { twoProvinces } from '@chuanyu/reference';
import { OfficerClient } from '../client';
import { Personas } from '../personas';
import { MeasuredEngine } from './engine';
import type { Ground } from './row';

/** Both provinces in this process, with officers and their agreement, below `<folder>/both`. */
export const startBoth = async (ground: Ground): Promise<Provinces> => {
  const provinces = await Provinces.start({
    data: dataOf(ground),
    directory: twoProvinces,
    officers: officersOfTwo,
    engine: (id, files) =>
      ground.engine === 'embedded' ? new EmbeddedEngine(files) : new MeasuredEngine(ground, id, files),
    onError: (where, error) => process.stderr.write(`${where}: ${String(error)}\n`),
    onAlarm: (what) => process.stderr.write(`alarm: ${what}\n`),
  });
  await Promise.all([...provinces.all.values()].map(seedAccounts));
  await seedAgreement(provinces);
  return provinces;
};
export const dataOf = ({ folder }: Ground): string => join(folder, 'both');

/** The bar association's officer of each province asks the other one's for records of trainees, and answers. */
const officers: Readonly<Record<string, string>> = { sichuan: 'sc.yuanmei', chongqing: 'cq.gonghao' };
const bars: Readonly<Record<string, string>> = { sichuan: 'sc-bar', chongqing: 'cq-bar' };
export const otherOf = (province: string): string => (province === 'sichuan' ? 'chongqing' : 'sichuan');
export const signIn = (province: string, url: string): Promise<OfficerClient> =>
  OfficerClient.signIn(url, officers[province] ?? '', SEED_PASSWORD);

const people = new Personas(1, () => '2026-12-01');
/** What opens a case that goes to the other province: one step, without a signature of a leader. */
export const aRequest = (from: string) => ({
  to: { province: otherOf(from), unit: bars[otherOf(from)] ?? '' },
  form: { name: people.aName(), residentId: people.aResidentId(), kind: '实习期', purpose: '申请律师执业' },
});
export const anAnswer = { form: { certificate: '川律实〔2026〕17号', publicUntil: '2027-01-15' } };
