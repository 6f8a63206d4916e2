import { type Collection, type CollectionDefinition, type Document, Duplicate, change } from '@chuanyu/collections';
import { type Clock, type Fault, faultsOf } from '@chuanyu/reference';
import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { Mutex, Semaphore } from 'async-mutex';
import { isOfficerId, type Officer } from './officers';
import type { Denial } from './denial';

export interface Credentials {
  /** An officer's id. */
  readonly officer: string;
  readonly password: string;
}
export type SignInDenial = 'unknown' | 'wrong-password' | 'locked' | 'no-officer';

/** The one seam through which an officer signs in; an OpenID provider stands behind another. */
export interface SignIn {
  signIn(credentials: Credentials): Promise<Officer | Denial<SignInDenial>>;
}

export type PasswordFault = 'too-short' | 'too-long' | 'unreadable' | 'contains-id';

/** A password account as it is kept. */
export interface Account extends Document {
  /** Argon2id in PHC format, its parameters and salt within. */
  readonly digest: string;
  /** Attempts since the last success. */
  readonly failures: number;
  /** Instant of the last attempt that was not a success. */
  readonly lastFailure: string | null;
}
export const accountDefinition: CollectionDefinition = { name: 'access.accounts', fields: [], sets: {} };

export interface AccountSettings {
  /** After so many failures the account is locked; 10 unless said. */
  readonly attempts?: number;
  /** For so many minutes after the last failure; 15 unless said. Then the count begins anew. */
  readonly lockedMinutes?: number;
  /** In characters; 12 unless said. */
  readonly minimumLength?: number;
}

/**
 * Argon2id with m = 19 MiB, t = 2, p = 1: the OWASP Password Storage Cheat Sheet's first choice for it
 * (cheatsheetseries.owasp.org, “Argon2id”). About 20 ms of one core.
 */
const PARAMETERS = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** A longer one is refused unread, so that nobody makes us hash a book. */
const MAXIMUM_LENGTH = 256;
/** So many hashes at once, so that a wave of sign-ins takes no more than 76 MiB. */
const hashing = new Semaphore(4);

/** Of the account that stands in for those that do not exist; no officer's id. */
const NOBODY = '-';

const MESSAGE = '用户名或者密码不正确，或者尝试次数过多已暂时锁定，请核对后再试，或者稍后再试';
const denial = (denied: SignInDenial): Denial<SignInDenial> => ({ denied, message: MESSAGE });
const passwordFault = faultsOf<PasswordFault>({
  'too-short': '密码过短',
  'too-long': `密码不得超过 ${MAXIMUM_LENGTH} 个字符`,
  unreadable: '密码含有残缺的字符',
  'contains-id': '密码不得包含用户名',
});

/** Sign-in by password. A guess costs the same time whether or not the account exists or is locked. */
export class PasswordAccounts implements SignIn {
  private readonly queues = new Map<string, Mutex>();
  private readonly attempts: number;
  private readonly lockedMinutes: number;
  private readonly minimumLength: number;

  constructor(
    /** Opened with `accountDefinition`. */
    private readonly accounts: Collection<Account>,
    /** Who acts for a unit now; an account without an officer signs nobody in. */
    private readonly officer: (id: string) => Officer | undefined,
    /** Real time: locks do not move with a clock that is moved for a demonstration. */
    private readonly realTime: Clock,
    settings: AccountSettings = {},
  ) {
    this.attempts = settings.attempts ?? 10;
    this.lockedMinutes = settings.lockedMinutes ?? 15;
    this.minimumLength = settings.minimumLength ?? 12;
  }

  async signIn({ officer: id, password }: Credentials): Promise<Officer | Denial<SignInDenial>> {
    if (password.length > MAXIMUM_LENGTH) return this.deny('wrong-password', '');
    if (!isOfficerId(id) || (await this.accounts.get(id)) === undefined) return this.deny('unknown', password);
    return this.inTurn(id, async () => this.attempt(id, password));
  }

  /** Sets or replaces the password, and unlocks. Answers what is wrong with it, or undefined where it is set. */
  async setPassword(id: string, password: string): Promise<Fault<PasswordFault> | undefined> {
    const fault = this.checkPassword(id, password);
    if (fault) return fault;
    const account: Account = { id, digest: await digestOf(password), failures: 0, lastFailure: null };
    await this.inTurn(id, async () => {
      const replaced = await this.change(id, () => account);
      if (replaced === undefined) await this.insert(account);
    });
    return undefined;
  }

  /** Each attempt is counted before it is weighed, so that a thousand at once get no more guesses than ten in a row. */
  private async attempt(id: string, password: string): Promise<Officer | Denial<SignInDenial>> {
    const now = this.realTime.now();
    const counted = await this.change(id, (account) =>
      this.isLocked(account, now)
        ? undefined
        : { ...account, failures: this.isOver(account, now) ? 1 : account.failures + 1, lastFailure: now },
    );
    if (counted === undefined) return this.deny('locked', password);
    if (!(await matches(counted.digest, password))) return denial('wrong-password');
    const digest = argon2.needsRehash(counted.digest, PARAMETERS) ? await digestOf(password) : counted.digest;
    await this.change(id, (account) =>
      account.digest === counted.digest ? { ...account, digest, failures: 0, lastFailure: null } : undefined,
    );
    return this.officer(id) ?? denial('no-officer');
  }

  private isLocked(account: Account, now: string): boolean {
    return account.failures >= this.attempts && !this.isOver(account, now);
  }

  /** Is the last failure so long ago that the count begins anew? */
  private isOver({ lastFailure }: Account, now: string): boolean {
    return lastFailure === null || Date.parse(now) - Date.parse(lastFailure) >= this.lockedMinutes * 60_000;
  }

  /** Saves what `changed` makes of the account; undefined where it makes nothing, or there is none. */
  private async change(id: string, changed: (account: Account) => Account | undefined): Promise<Account | undefined> {
    return (await change(this.accounts, id, (account) => account && changed(account)))?.document;
  }

  private async insert(account: Account): Promise<void> {
    try {
      await this.accounts.insert(account);
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
      await this.change(account.id, () => account);
    }
  }

  /** Does for nobody what an attempt does for an account: one save and one hash weighed. */
  private async deny(code: SignInDenial, password: string): Promise<Denial<SignInDenial>> {
    const touch = async () =>
      this.change(NOBODY, (nobody) => ({ ...nobody, failures: 0, lastFailure: this.realTime.now() }));
    let nobody = await touch();
    if (nobody === undefined) {
      const digest = await digestOf(randomUUID());
      await this.insert({ id: NOBODY, digest, failures: 0, lastFailure: null });
      nobody = await touch();
    }
    if (nobody !== undefined) await matches(nobody.digest, password);
    return denial(code);
  }

  private checkPassword(id: string, password: string): Fault<PasswordFault> | undefined {
    if (!password.isWellFormed()) return passwordFault('unreadable');
    if ([...password].length < this.minimumLength) {
      return { ...passwordFault('too-short'), message: `密码不得少于 ${this.minimumLength} 个字符` };
    }
    if (password.length > MAXIMUM_LENGTH) return passwordFault('too-long');
    return password.toLowerCase().includes(id.toLowerCase()) ? passwordFault('contains-id') : undefined;
  }

  /** One attempt at a time per account in this process: an officer's own simultaneous sign-ins do not lock each other out. */
  private async inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(id) ?? new Mutex();
    this.queues.set(id, queue);
    try {
      return await queue.runExclusive(work);
    } finally {
      if (!queue.isLocked()) this.queues.delete(id);
    }
  }
}

/** NFKC first: the same characters typed on another keyboard are the same password. */
function digestOf(password: string): Promise<string> {
  return hashing.runExclusive(() => argon2.hash(password.normalize('NFKC'), PARAMETERS));
}

function matches(digest: string, password: string): Promise<boolean> {
  return hashing.runExclusive(() => argon2.verify(digest, password.normalize('NFKC')));
}
