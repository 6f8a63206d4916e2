import { randomUUID } from 'node:crypto';
import { accountDefinition, PasswordAccounts, type Account } from '@chuanyu/access';
import { addDays, realTime, today } from '@chuanyu/reference';
import type { Provinces } from './provinces';
import type { RunningProvince } from './running-province';

/** Every seeded officer signs in with this: for a machine of a developer, never for one that others reach. */
export const SEED_PASSWORD = 'chuanyu-2026';

/** Sets the seeded officers' passwords, once. */
export const seedAccounts = async ({ options, database }: RunningProvince): Promise<void> => {
  const { directory, officers, id } = options;
  const collection = await database.collection<Account>(accountDefinition);
  const accounts = new PasswordAccounts(collection, (officer) => officers.officer(officer), realTime);
  const units = new Set(directory.unitsOf(id).map((unit) => unit.id));
  const own = officers.all.filter((officer) => units.has(officer.unit));
  for (const officer of own) {
    if (await collection.get(officer.id)) continue;
    const fault = await accounts.setPassword(officer.id, SEED_PASSWORD);
    if (fault) throw new Error(`${officer.id}: ${fault.message}`);
  }
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

interface Opened {
  readonly id: string;
  readonly drafts: readonly { readonly id: string }[];
}
const draftOf = ({ drafts }: Opened): string => drafts[0]?.id ?? '';
const liaisonOf = ({ options }: RunningProvince): string =>
  options.directory.unitsOf(options.id).find((unit) => unit.kind === 'liaison-office')?.id ?? '';

/** Whom an opening is meant for: the same path opens the agreement with each peer. */
const toWhom = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'to' in body ? `-${JSON.stringify(body.to)}` : '';

const until = async (provinces: Provinces, holds: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 50; n++) {
    await provinces.drain(1);
    if (await holds()) return;
  }
  throw new Error('the seed did not come through: see the log');
};
const signIn = async (province: RunningProvince, role: string): Promise<string> => {
  const officer = province.options.officers.ofUnit(liaisonOf(province), role)[0]?.id;
  const answer = (await call(province, undefined, 'POST', '/api/sign-in', { officer, password: SEED_PASSWORD })) as {
    token: string;
  };
  return answer.token;
};
const call = async (
  province: RunningProvince,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const response = await fetch(new URL(path, province.url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      'Idempotency-Key': token === undefined ? randomUUID() : `seed-${path}${toWhom(body)}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};
