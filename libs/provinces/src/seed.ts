import { accountDefinition, PasswordAccounts, type Account, type Officers } from '@chuanyu/access';
import { change, type Database } from '@chuanyu/collections';
import { addDays, realTime, today, type Directory } from '@chuanyu/reference';
import {
  call,
  draftOf,
  liaisonOf,
  SEED_PASSWORD,
  signIn,
  until,
  type Opened,
  type SeededProvince,
  type SeededProvinces,
} from './seed-client';

export { SEED_PASSWORD, type SeededProvince, type SeededProvinces } from './seed-client';

interface Accounts {
  readonly options: { readonly id: string; readonly directory: Directory; readonly officers: Officers };
  readonly database: Database;
}
/** Sets the seeded officers' passwords, once. */
export const seedAccounts = async ({ options, database }: Accounts): Promise<void> => {
  const { directory, officers } = options;
  const collection = await database.collection<Account>(accountDefinition);
  const accounts = new PasswordAccounts(collection, (officer) => officers.officer(officer), realTime);
  const units = new Set(directory.unitsOf(options.id).map((unit) => unit.id));
  const own = officers.all.filter((officer) => units.has(officer.unit));
  const missing = (await Promise.all(own.map(async ({ id }) => ((await collection.get(id)) ? [] : [id])))).flat();
  const [first, ...others] = missing;
  if (first === undefined) return;
  const fault = await accounts.setPassword(first, SEED_PASSWORD);
  if (fault) throw new Error(`${first}: ${fault.message}`);
  const account = (await collection.get(first))?.document;
  // Slow to hash by design: a password that is the same for all, and known to all, is hashed once.
  await Promise.all(
    others.map((id) => change(collection, id, (known) => (known ? undefined : account && { ...account, id }))),
  );
};

/**
 * The first agreement of two provinces, by the same calls that officers make: one proposes, its leader signs; the other
 * joins, its leader signs. Keys are fixed, so that a start that died half-way goes on where it was.
 */
export const seedAgreement = async (provinces: SeededProvinces, from = 'sichuan', to = 'chongqing'): Promise<void> => {
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
  const joining = await signIn(counterpart, 'peer-liaison-officer');
  await until(provinces, async () => (await stateOf(counterpart, joining, at)) === 'proposed');
  const joined = (await call(counterpart, joining, 'POST', `${at}/join`, {})) as Opened;
  const leader = await signIn(counterpart, 'peer-liaison-leader');
  await call(counterpart, leader, 'POST', `${at}/drafts/${draftOf(joined)}/sign`, {});
  await until(provinces, async () => (await stateOf(origin, officer, at)) === 'in-force');
  await provinces.drain(2);
};

/** Undefined where the case has not come yet. */
const stateOf = async (province: SeededProvince, token: string, at: string): Promise<string | null | undefined> => {
  const answer = await fetch(new URL(at, province.url), { headers: { Authorization: `Bearer ${token}` } });
  if (answer.status === 404) return undefined;
  const page: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${at}: ${answer.status} ${JSON.stringify(page)}`);
  return (page as { readonly state: { readonly name: string | null } }).state.name;
};
