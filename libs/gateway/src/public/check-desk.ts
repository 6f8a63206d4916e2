import { setTimeout as wait } from 'node:timers/promises';
import type { AuditLog } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import type { CheckAnswer } from '@chuanyu/service';
import type { Gateway } from '../config';
import { Attempts } from '../entry/attempts';
import type { ServiceClient } from '../forward/service-client';

/** What anybody reads of a paper whose number and code they have. */
export interface CheckResult {
  readonly number: string;
  readonly title: string;
  readonly valid: boolean;
  readonly says: string;
  readonly issuer: { readonly province: string; readonly unit: string };
  readonly lines: readonly { readonly label: string; readonly text: string }[];
  /** The calendar date on which it was asked. */
  readonly on: string;
}

const EVERYBODY = 'everybody';

/** Anybody may check a paper; nobody may try their way through codes, nor learn which numbers there are. */
export class CheckDesk {
  private readonly fromOne: Attempts;
  private readonly fromAll: Attempts;
  private counts = { asked: 0, found: 0, limited: 0 };
  private readonly timer: NodeJS.Timeout;
  constructor(
    private readonly gateway: Gateway,
    private readonly client: ServiceClient,
    private readonly audit: AuditLog,
  ) {
    const { limits, province } = gateway;
    const window = limits.checkWindowSeconds * 1000;
    this.fromOne = new Attempts(limits.checksPerAddress, window, province.realTime);
    this.fromAll = new Attempts(limits.checksInAll, window, province.realTime);
    this.timer = setInterval(() => void this.report(), limits.checkReportMilliseconds);
    this.timer.unref();
  }

  /** Throws the same refusal for an unknown number and a wrong code, not sooner than the platform's slowest answer of either. */
  async check(asked: { readonly number: string; readonly code: string }, address: string): Promise<CheckResult> {
    this.admit(address);
    this.counts.asked += 1;
    const [found] = await Promise.all([this.ask(asked), wait(this.gateway.limits.checkMilliseconds)]);
    if (!found)
      throw new Refusal('not-found', '没有与此编号和查验码相符的文书，请核对后再试', {}, 'No such number and code');
    this.counts.found += 1;
    const { province } = this.gateway;
    return {
      ...found,
      issuer: {
        province: province.directory.province(found.issuer.province)?.name ?? found.issuer.province,
        unit: province.directory.unit(found.issuer.unit)?.name ?? found.issuer.unit,
      },
      on: dateOf(province.clock.now()),
    };
  }

  /** How often it was asked since the last time: neither what for nor by whom. */
  async report(): Promise<void> {
    const { counts } = this;
    if (counts.asked + counts.limited === 0) return;
    this.counts = { asked: 0, found: 0, limited: 0 };
    const { province } = this.gateway;
    await this.audit
      .append({ who: 'public', act: 'public-check', outcome: 'done', detail: counts })
      .catch((error: unknown) => province.onError(`${province.id}/gateway`, error));
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.report();
  }

  private admit(address: string): void {
    const seconds = this.fromOne.count(address) ?? this.fromAll.count(EVERYBODY);
    if (seconds === undefined) return;
    this.counts.limited += 1;
    throw new Refusal('too-many-attempts', '查验次数过多，请稍后再试', { retryAfter: seconds });
  }

  /** Every domain that lets anything be checked is asked, whatever the number looks like: so none takes longer than another. */
  private async ask(asked: object): Promise<CheckAnswer | undefined> {
    const { workflows } = this.gateway;
    const domains = new Set(workflows.all().flatMap(({ check, domain }) => (check ? [domain] : [])));
    const answers = await Promise.allSettled([...domains].map((domain) => this.askService(domain, asked)));
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value ? [answer.value] : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    // A service that is silent does not make a valid paper unknown.
    if (found[0] === undefined && failed) throw failed.reason;
    return found[0];
  }
  private async askService(domain: string, asked: object): Promise<CheckAnswer | undefined> {
    const base = this.gateway.serviceOf(domain);
    const silent = () => new Refusal('unavailable', '查验服务暂时没有响应，请稍后再试', { retryAfter: 5 });
    if (base === undefined) throw silent();
    const { status, body } = await this.client
      .json({
        base,
        method: 'POST',
        path: '/internal/check',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(asked)),
      })
      .catch(() => Promise.reject(silent()));
    if (status !== 200 || typeof body !== 'object' || body === null || !('found' in body)) throw silent();
    return isAnswer(body.found) ? body.found : undefined;
  }
}

const isAnswer = (value: unknown): value is CheckAnswer =>
  typeof value === 'object' && value !== null && 'number' in value && 'says' in value && 'issuer' in value;
