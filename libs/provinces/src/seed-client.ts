import { randomUUID } from 'node:crypto';
import type { Officers } from '@chuanyu/access';
import type { Clock, Directory } from '@chuanyu/reference';

/** Every seeded officer signs in with this: for a machine of a developer, never for one that others reach. */
export const SEED_PASSWORD = 'chuanyu-2026';

/** A province as its officers reach it, whether its services run in this process or in others. */
export interface SeededProvince {
  readonly options: {
    readonly id: string;
    readonly directory: Directory;
    readonly officers: Officers;
    readonly clock: Clock;
  };
  readonly url: string;
}
export interface SeededProvinces {
  readonly all: ReadonlyMap<string, SeededProvince>;
  province(id: string): SeededProvince;
  /** Helps along what is on its way, or gives it time. */
  drain(rounds: number): Promise<void>;
}

/** How seeds act: as officers, over HTTP, with keys that are the same at every start. */
export interface Opened {
  readonly id: string;
  readonly drafts: readonly { readonly id: string }[];
}
export const draftOf = ({ drafts }: Opened): string => drafts[0]?.id ?? '';
export const liaisonOf = ({ options }: SeededProvince): string =>
  options.directory.unitsOf(options.id).find((unit) => unit.kind === 'liaison-office')?.id ?? '';

/** Whom an opening is meant for: the same path opens the agreement with each peer. */
const toWhom = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'to' in body ? `-${JSON.stringify(body.to)}` : '';

export const until = async (provinces: SeededProvinces, holds: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 50; n++) {
    await provinces.drain(1);
    if (await holds()) return;
  }
  throw new Error('the seed did not come through: see the log');
};
export const signIn = (province: SeededProvince, role: string): Promise<string> =>
  signInAs(province, province.options.officers.ofUnit(liaisonOf(province), role)[0]?.id ?? '');
export const signInAs = async (province: SeededProvince, officer: string): Promise<string> => {
  const answer = (await call(province, undefined, 'POST', '/api/sign-in', { officer, password: SEED_PASSWORD })) as {
    token: string;
  };
  return answer.token;
};
export const call = async (
  province: SeededProvince,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  key = `seed-${path}${toWhom(body)}`,
): Promise<unknown> => {
  const response = await fetch(new URL(path, province.url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      'Idempotency-Key': token === undefined ? randomUUID() : key,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};
