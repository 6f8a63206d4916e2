import type { CasePage } from '@chuanyu/service';
import { dateOf } from '@chuanyu/reference';
import {
  DevelopmentClient,
  granted,
  OfficerClient,
  PublicClient,
  type CaseRef,
  type Problem,
  type Reply,
} from '../client';
import { Personas } from '../personas';

/** What only those can look into who run the provinces themselves. */
export interface Inside {
  /** Acts in the audit of a case, and whether the whole chain of that province verifies. */
  audit(
    province: string,
    id: string,
  ): Promise<{ readonly acts: readonly { readonly who: string; readonly act: string }[]; readonly sound: boolean }>;
}
export interface DayOptions {
  /** Addresses of the gateways, by province. */
  readonly urls: Readonly<Record<string, string>>;
  readonly password: string;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly inside?: Inside;
  /** How long anything may take that must come by itself, in milliseconds. */
  readonly patience?: number;
}
/** A condition did not come true in time. */
export class NeverCame extends Error {}

const provinceOf: Readonly<Record<string, string>> = { sc: 'sichuan', cq: 'chongqing', gz: 'guizhou' };

/** A working day that is told and checked: each check is one line; whatever was off is counted. */
export class Day {
  passed = 0;
  readonly failures: string[] = [];
  readonly personas: Personas;
  readonly dev: DevelopmentClient;
  /** Cases of the day, by a word for each: looked at again in the evening. */
  readonly cases = new Map<string, CaseRef>();
  private readonly officers = new Map<string, Promise<OfficerClient>>();
  private time = '';

  constructor(readonly options: DayOptions) {
    this.personas = new Personas(options.seed, () => this.today);
    this.dev = new DevelopmentClient(this.url('sichuan'));
  }

  url(province: string): string {
    const url = this.options.urls[province];
    if (url === undefined) throw new Error(`no address of ${province}`);
    return url;
  }
  public(province: string): PublicClient {
    return new PublicClient(this.url(province));
  }
  /** Signed in once a day. */
  officer(id: string): Promise<OfficerClient> {
    const province = provinceOf[id.split('.')[0] ?? ''] ?? '';
    const known = this.officers.get(id) ?? OfficerClient.signIn(this.url(province), id, this.options.password);
    this.officers.set(id, known);
    return known;
  }
  /** The platform's date in Shanghai. */
  get today(): string {
    return dateOf(this.time);
  }
  get now(): string {
    return this.time;
  }
  async lookAtClock(): Promise<void> {
    const { provinces } = granted(await this.dev.state());
    this.time = provinces.find(({ id }) => id === 'sichuan')?.now ?? '';
  }
  /** Moves both provinces' clocks on. */
  async advance(milliseconds: number): Promise<void> {
    granted(await this.dev.advance(`PT${Math.ceil(milliseconds / 1000)}S`));
    await this.lookAtClock();
  }

  chapter(chinese: string, english: string): void {
    this.options.say(`\n【${chinese}】 ${english}`);
  }
  tell(chinese: string, english: string): void {
    this.options.say(`  ${chinese}\n  ${english}`);
  }
  check(what: string, holds: boolean, seen?: unknown): boolean {
    if (holds) this.passed += 1;
    else this.failures.push(what);
    const why = holds || seen === undefined ? '' : `  —— ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`;
    this.options.say(`  ${holds ? '✓' : '✗'} ${what}${why}`);
    return holds;
  }
  equal(what: string, seen: unknown, wanted: unknown): boolean {
    return this.check(what, JSON.stringify(seen) === JSON.stringify(wanted), { seen, wanted });
  }
  /** It had to be refused: prints what the person reads, and what they can do instead. */
  refused(what: string, reply: Reply<unknown>, code: string, sentence = ''): Problem | undefined {
    if (reply.ok) {
      this.check(what, false, `${reply.status} 未被拒绝 was not refused`);
      return undefined;
    }
    const { problem } = reply;
    const words = [problem.detail, ...(problem.errors ?? []).map(({ detail }) => detail)].join(' ');
    this.check(what, problem.code === code && words.includes(sentence), problem);
    this.options.say(`      ${problem.status} ${problem.code}　${problem.title}：${problem.detail}`);
    for (const { pointer, detail } of (problem.errors ?? []).slice(0, 4))
      this.options.say(`        ${pointer || '/'}　${detail}`);
    const possible = possibleIn(problem);
    if (possible !== '') this.options.say(`        现在可以 possible now：${possible}`);
    for (const form of problem.free ?? []) this.options.say(`        空闲 free：${Object.values(form).join(' ')}`);
    return problem;
  }

  /** Asks again until it holds; throws `NeverCame` after the patience is over. */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    patience = this.options.patience ?? 10_000,
  ): Promise<T> {
    const end = performance.now() + patience;
    for (;;) {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      if (performance.now() > end) throw new NeverCame(what);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  /** One line: it comes true, or it does not. */
  async comes<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T | undefined> {
    try {
      const seen = await this.until(what, look);
      this.check(what, true);
      return seen;
    } catch (error) {
      if (!(error instanceof NeverCame)) throw error;
      this.check(what, false, '等候超时 it did not come in time');
      return undefined;
    }
  }
  /** The same history on both sides. */
  async converge(what: string, at: CaseRef, readers: readonly [string, string]): Promise<CasePage | undefined> {
    return this.comes(what, async () => {
      const [mine, theirs] = await Promise.all(readers.map(async (id) => (await this.officer(id)).page(at)));
      if (!mine?.ok || !theirs?.ok) return undefined;
      return mine.body.head === theirs.body.head && mine.body.sequence === theirs.body.sequence && mine.body;
    });
  }
}

const possibleIn = ({ possible }: Problem): string => {
  if (!Array.isArray(possible)) return '';
  const titled = (each: unknown): string =>
    typeof each === 'object' && each !== null && 'title' in each ? String(each.title) : String(each);
  return possible.length === 0 ? '无 nothing' : possible.map(titled).join('、');
};
