import { isDenial, type AuditLog, type SignIn, type TokenIssuer } from '@chuanyu/access';
import { Refusal, type Fault } from '@chuanyu/contracts';
import type { Gateway } from '../config';
import { officerView, type OfficerView } from './officer-view';
import { Attempts } from './attempts';

export interface SignedIn {
  /** A signed JWT: `Authorization: Bearer …`. */
  readonly token: string;
  /** Instant, by real time. */
  readonly expires: string;
  readonly officer: OfficerView;
}

/** Signs officers in; whatever is wrong, the answer is the same. */
export class SignInDesk {
  private readonly attempts: Attempts;
  constructor(
    private readonly gateway: Gateway,
    private readonly accounts: SignIn,
    private readonly tokens: TokenIssuer,
    private readonly audit: AuditLog,
  ) {
    const { signInFailures, signInWindowSeconds } = gateway.limits;
    this.attempts = new Attempts(signInFailures, signInWindowSeconds * 1000, gateway.province.realTime);
  }

  async signIn(given: Record<'officer' | 'password', unknown>, address: string): Promise<SignedIn> {
    const { officer, password } = texts(given);
    // Counted before it is weighed: a thousand at once get no more guesses than thirty in a row.
    const wait = this.attempts.count(address);
    if (wait !== undefined)
      throw new Refusal('too-many-attempts', '本地址登录失败次数过多，请稍后再试', { retryAfter: wait });
    const answer = await this.accounts.signIn({ officer, password });
    const { officers } = this.gateway.province;
    const who = officers.officer(officer);
    if (isDenial(answer)) {
      await this.audit.append({
        who: who?.id ?? 'unknown',
        ...(who ? { unit: who.unit } : {}),
        act: 'sign-in',
        outcome: 'refused',
        detail: { code: answer.denied },
      });
      throw new Refusal('sign-in-refused', answer.message);
    }
    this.attempts.forgive(address);
    const issued = await this.tokens.issue(answer.id);
    await this.audit.append({ who: answer.id, unit: answer.unit, act: 'sign-in', outcome: 'done' });
    return { ...issued, officer: officerView(answer, this.gateway) };
  }
}

const texts = (given: Record<'officer' | 'password', unknown>): { officer: string; password: string } => {
  const { officer, password } = given;
  if (typeof officer === 'string' && typeof password === 'string') return { officer, password };
  const faults: Fault[] = (['officer', 'password'] as const)
    .filter((name) => typeof given[name] !== 'string')
    .map((name) => ({ pointer: `/${name}`, rule: 'text', detail: '应为文字' }));
  throw new Refusal('bad-request', '请求内容有误', { errors: faults });
};
