import { accountDefinition, PasswordAccounts, type Account } from '@chuanyu/access';
import { addDays, realTime, today } from '@chuanyu/reference';
import type { Provinces } from './provinces';
import type { RunningProvince } from './running-province';
import { call, draftOf, liaisonOf, SEED_PASSWORD, signIn, until, type Opened } from './seed-client';

export { SEED_PASSWORD } from './seed-client';

/** Sets the seeded officers' passwords, once. */
export const seedAccounts = async ({ options, database }: RunningProvince): Promise<void> => {
  const { directory, officers, id } = options;
  const collection = await database.collection<Account>(accountDefinition);
  const accounts = new PasswordAccounts(collection, (officer) => officers.officer(officer), realTime);
  const units = new Set(directory.unitsOf(id).map((unit) => unit.id));
  const own = officers.all.filter((officer) => units.has(officer.unit));
  // Passwords are slow to hash by design, and hashed beside each other.
  await Promise.all(
    own.map(async (officer) => {
      if (await collection.get(officer.id)) return;
      const fault = await accounts.setPassword(officer.id, SEED_PASSWORD);
      if (fault) throw new Error(`${officer.id}: ${fault.message}`);
    }),
  );
};

/**
 * The first agreement of two provinces, by the same calls that officers make: one proposes, its leader signs; the other
 * joins, its leader signs. Keys are fixed, so that a start that died half-way goes on where it was.
 */
export const seedAgreement = async (provinces: Provinces, from = 'sichuan', to = 'chongqing'): Promise<void> => {
  const [origin, counterpart] = [provinces.province(from), provinces.province(to)];
  const date = today(origin.options.clock);
  const officer = await signIn(origin, 'liaison-officer');
  const known = (await call(origin, officer, 'GET', `/api/cases?workflow=coordination.agreement&peer=${to}`)) as {
    items: readonly unknown[];
  };
  if (known.items.length > 0) return;
  const both = [from, to].map((id) => origin.options.directory.province(id)?.abbreviation ?? id).join('');
  const opened = (await call(origin, officer, 'POST', '/api/coordination/agreement', {
    to: { province: to, unit: liaisonOf(counterpart) },
    form: {
      title: `${both}司法行政合作框架协议`,
      effective: date,
      expires: addDays(date, 3 * 365),
      clauses: [
        {
          title: '刑满释放人员衔接',
          workflows: 'prison.release-handover',
          data: ['identity', 'contact', 'family', 'conviction', 'risk', 'business'],
        },
        {
          title: '远程视频会见',
          workflows: 'prison.remote-visit drug-rehab.remote-visit',
          data: ['identity', 'family', 'business'],
        },
        {
          title: '合作清单推进',
          workflows: 'coordination.project coordination.milestone coordination.obstacle coordination.bulletin',
          data: ['business'],
        },
        {
          title: '实习记录互认',
          workflows: 'lawyer.trainee-request lawyer.trainee-recognition',
          data: ['identity', 'business'],
        },
      ],
    },
  })) as Opened;
  const at = `/api/coordination/agreement/${opened.id}`;
  await call(origin, await signIn(origin, 'liaison-leader'), 'POST', `${at}/drafts/${draftOf(opened)}/sign`, {});
  const keeperOf = (province: RunningProvince) => province.services.get('coordination')?.keeper;
  await until(provinces, async () => (await keeperOf(counterpart)?.get(opened.id))?.document.head.sequence === 1);
  const joined = (await call(
    counterpart,
    await signIn(counterpart, 'peer-liaison-officer'),
    'POST',
    `${at}/join`,
    {},
  )) as Opened;
  const leader = await signIn(counterpart, 'peer-liaison-leader');
  await call(counterpart, leader, 'POST', `${at}/drafts/${draftOf(joined)}/sign`, {});
  await until(provinces, async () => (await keeperOf(origin)?.get(opened.id))?.document.head.state === 'in-force');
  await provinces.drain(2);
};
