import { randomUUID } from 'node:crypto';
import { accountDefinition, officersOfTwo, PasswordAccounts, type Account } from '@chuanyu/access';
import { addDays, realTime, today } from '@chuanyu/reference';
import type { Provinces, RunningProvince } from '@chuanyu/provinces';

/** Every seeded officer signs in with this: for a machine of a developer, never for one that others reach. */
export const SEED_PASSWORD = 'chuanyu-2026';

/** Sets the seeded officers' passwords, once. */
export const seedAccounts = async (province: RunningProvince): Promise<void> => {
  const collection = await province.database.collection<Account>(accountDefinition);
  const accounts = new PasswordAccounts(collection, (id) => officersOfTwo.officer(id), realTime);
  const units = new Set(province.options.directory.unitsOf(province.options.id).map((unit) => unit.id));
  const own = officersOfTwo.all.filter((officer) => units.has(officer.unit));
  for (const officer of own) {
    if (await collection.get(officer.id)) continue;
    const fault = await accounts.setPassword(officer.id, SEED_PASSWORD);
    if (fault) throw new Error(`${officer.id}: ${fault.message}`);
  }
};

/**
 * The first agreement, by the same calls that officers make: 四川 proposes, its leader signs; 重庆 joins, its leader signs.
 * Keys are fixed, so that a start that died half-way goes on where it was.
 */
export const seedAgreement = async (provinces: Provinces): Promise<void> => {
  const [sichuan, chongqing] = [provinces.province('sichuan'), provinces.province('chongqing')];
  const date = today(sichuan.options.clock);
  const officer = await signIn(sichuan, 'sc.linfeng');
  const known = (await call(sichuan, officer, 'GET', '/api/cases?workflow=coordination.agreement')) as {
    items: readonly unknown[];
  };
  if (known.items.length > 0) return;
  const all = ['identity', 'contact', 'family', 'conviction', 'risk', 'business'];
  const opened = (await call(sichuan, officer, 'POST', '/api/coordination/agreement', {
    to: { province: 'chongqing', unit: 'cq-liaison' },
    form: {
      title: '川渝司法行政合作框架协议',
      effective: date,
      expires: addDays(date, 3 * 365),
      clauses: [{ title: '刑满释放人员衔接', workflows: 'prison.release-handover', data: all }],
    },
  })) as { id: string; drafts: readonly { id: string }[] };
  await call(
    sichuan,
    await signIn(sichuan, 'sc.yangxuemei'),
    'POST',
    `/api/coordination/agreement/${opened.id}/drafts/${opened.drafts[0]?.id ?? ''}/sign`,
    {},
  );
  await until(
    provinces,
    async () =>
      (await sichuan.services.get('coordination')?.keeper.get(opened.id))?.document.head.sequence === 1 &&
      (await chongqing.services.get('coordination')?.keeper.get(opened.id)) !== undefined,
  );
  const joined = (await call(
    chongqing,
    await signIn(chongqing, 'cq.dengkai'),
    'POST',
    `/api/coordination/agreement/${opened.id}/join`,
    {},
  )) as { drafts: readonly { id: string }[] };
  await call(
    chongqing,
    await signIn(chongqing, 'cq.pengxin'),
    'POST',
    `/api/coordination/agreement/${opened.id}/drafts/${joined.drafts[0]?.id ?? ''}/sign`,
    {},
  );
  await until(
    provinces,
    async () => (await sichuan.services.get('coordination')?.keeper.get(opened.id))?.document.head.state === 'in-force',
  );
  await provinces.drain(2);
};

const until = async (provinces: Provinces, holds: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 50; n++) {
    await provinces.drain(1);
    if (await holds()) return;
  }
  throw new Error('the seed did not come through: see the log');
};
const signIn = async (province: RunningProvince, officer: string): Promise<string> => {
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
      'Idempotency-Key': `seed-${path}-${token === undefined ? randomUUID() : ''}`.replaceAll(/[^\x21-\x7e]/g, ''),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};
