import { setTimeout as pause } from 'node:timers/promises';
import { uuidOf } from '@chuanyu/contracts';
import type { Opened } from './session.fixture';
import { aNotice, aVerification } from './stage.fixture';

/** What was promised to an officer: this key stands in the chain at this sequence, or as an ask. */
export interface Promised {
  readonly case: string;
  readonly stepkey: string;
  readonly as: 'step' | 'ask';
  readonly what: string;
}
interface Answered {
  readonly status: number;
  readonly page: Opened;
  readonly takenAs: string;
}
interface Listed {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}
const PASSWORD = 'chuanyu-2026';

interface Team {
  readonly origin: string;
  readonly officer: string;
  readonly leader: string;
  readonly to: { readonly province: string; readonly unit: string };
  readonly theirOfficer: string;
  readonly theirLeader: string;
}
const teams: readonly [Team, Team] = [
  {
    origin: 'sichuan',
    officer: 'sc.zhouwei',
    leader: 'sc.chenguoqiang',
    to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
    theirOfficer: 'cq.zhangmin',
    theirLeader: 'cq.wangjianhua',
  },
  {
    origin: 'chongqing',
    officer: 'cq.yangfan',
    leader: 'cq.tanxiaohui',
    to: { province: 'sichuan', unit: 'sc-wuhou-resettlement' },
    theirOfficer: 'sc.tangli',
    theirLeader: 'sc.xuping',
  },
];

/** Where officers work: by province. */
export interface Gateways {
  readonly urls: ReadonlyMap<string, string>;
  /** Resolves when they answer, if they do not just now. */
  whenUp(): Promise<void>;
}

/** Officers of both provinces at work, who repeat with the same key whatever got no answer. */
export class Load {
  readonly promised: Promised[] = [];
  readonly cases = new Map<string, Team>();
  readonly unexpected: string[] = [];
  repeated = 0;
  private readonly tokens = new Map<string, Promise<string>>();
  private ending = false;
  private n = 0;

  constructor(
    private readonly both: Gateways,
    private readonly date: string,
    private readonly run: string,
    /** Milliseconds within which what was said must have arrived, and a call have been answered. */
    readonly patience = 60_000,
  ) {}

  /** Begins; resolves when every case that was begun has been carried through, after `end`. */
  async work(workers: number): Promise<void> {
    await Promise.all(
      Array.from({ length: workers }, async (_, at) => {
        while (!this.ending) await this.carry(at % 2 === 0 ? teams[0] : teams[1], (this.n += 1));
      }),
    );
  }
  end(): void {
    this.ending = true;
  }

  private async carry(team: Team, n: number): Promise<void> {
    const key = (name: string) => `${this.run}-${n}-${name}`;
    const at = (id: string, rest: string) => `/api/prison/release-handover/${id}${rest}`;
    const form = aNotice(this.date);
    const opened = await this.ask(team.officer, 'POST', '/api/prison/release-handover', key('open'), {
      to: team.to,
      form,
    });
    const { id } = opened.page;
    this.cases.set(id, team);
    await this.sign(team.leader, id, opened.page, `${team.officer} ${key('open')}`);
    if (n % 5 === 0) {
      // Taken back by right while the other side has the turn: an ask that is answered in the chain.
      const taken = await this.ask(team.officer, 'POST', at(id, '/cancel'), key('cancel'), {
        form: { reason: '改判' },
      });
      return this.note(id, team.officer, key('cancel'), taken);
    }
    await this.arrival(team.theirOfficer, id, 1);
    const verified = await this.ask(team.theirOfficer, 'POST', at(id, '/verify'), key('verify'), {
      form: aVerification,
    });
    this.note(id, team.theirOfficer, key('verify'), verified);
    await this.arrival(team.officer, id, 2);
    const planned = await this.ask(team.officer, 'POST', at(id, '/plan'), key('plan'), {
      form: { opinion: '可以', advice: '就业' },
    });
    this.note(id, team.officer, key('plan'), planned);
    await this.arrival(team.theirOfficer, id, 3);
    const accepted = await this.ask(team.theirOfficer, 'POST', at(id, '/accept'), key('accept'), {
      form: { office: '安帮办', liaison: '李海燕' },
    });
    await this.sign(team.theirLeader, id, accepted.page, `${team.theirOfficer} ${key('accept')}`);
  }
  private async sign(leader: string, id: string, { drafts }: Opened, key: string): Promise<void> {
    const [draft] = drafts;
    // The first answer to the opening was lost and it has been signed meanwhile: not by this load.
    if (!draft) return void this.unexpected.push(`no draft in the answer for ${key}`);
    const path = `/api/prison/release-handover/${id}/drafts/${draft.id}/sign`;
    const answer = await this.ask(leader, 'POST', path, `${key}-sign`.replaceAll(' ', '-'), {});
    const [, what = ''] = answer.takenAs.split(' ');
    this.promised.push({ case: id, stepkey: uuidOf(key), as: 'step', what });
  }
  private note(id: string, officer: string, key: string, { takenAs }: Answered): void {
    const [as, what = ''] = takenAs.split(' ');
    this.promised.push({ case: id, stepkey: uuidOf(`${officer} ${key}`), as: as === 'ask' ? 'ask' : 'step', what });
  }
  /** Until the officer's province has the event. */
  private async arrival(officer: string, id: string, sequence: number): Promise<void> {
    const deadline = performance.now() + this.patience;
    for (;;) {
      const { status, page } = await this.ask(officer, 'GET', `/api/prison/release-handover/${id}`, 'read');
      if (status === 200 && page.sequence >= sequence) return;
      if (performance.now() > deadline) throw new Error(`${id} did not reach ${officer} at ${sequence}`);
      await pause(25);
    }
  }

  /** One call, repeated until it is answered; what is refused is unexpected, but for a case that has not arrived yet. */
  async ask(officer: string, method: string, path: string, key: string, body?: unknown): Promise<Answered> {
    const deadline = performance.now() + this.patience;
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await this.once(officer, method, path, key, body);
        const lives = answer.status === 503 || answer.status === 502;
        if (!lives) {
          if (answer.status >= 400 && !(method === 'GET' && answer.status === 404))
            this.unexpected.push(`${method} ${path} ${answer.status} ${answer.text.slice(0, 300)}`);
          if (tries > 0) this.repeated += 1;
          return { ...answer, page: JSON.parse(answer.text) as Opened };
        }
      } catch (error) {
        // No connection, or half an answer: the caller cannot know whether it was taken.
        if (performance.now() > deadline) throw error;
      }
      await pause(50);
      await this.both.whenUp().catch(() => undefined);
    }
  }
  async page(officer: string, id: string): Promise<Opened> {
    return (await this.ask(officer, 'GET', `/api/prison/release-handover/${id}`, 'read')).page;
  }
  async text(officer: string, path: string): Promise<string> {
    return (await this.once(officer, 'GET', path, 'read', undefined)).text;
  }
  /** All that the officer may find, page after page. */
  async list(officer: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const found: Readonly<Record<string, unknown>>[] = [];
    for (let after: string | null = ''; after !== null;) {
      const more = after === '' ? '' : `&after=${after}`;
      const page = JSON.parse(await this.text(officer, `/api/cases?limit=100${more}`)) as Listed;
      found.push(...page.items);
      after = page.next;
    }
    return found;
  }
  private async once(officer: string, method: string, path: string, key: string, body: unknown) {
    const province = officer.startsWith('sc.') ? 'sichuan' : 'chongqing';
    const token = await (this.tokens.get(officer) ?? this.signIn(officer, province));
    const answer = await fetch(new URL(path, this.both.urls.get(province)), {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'Idempotency-Key': key,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, takenAs: answer.headers.get('taken-as') ?? '', text: await answer.text() };
  }
  private signIn(officer: string, province: string): Promise<string> {
    const signing = (async () => {
      const answer = await fetch(new URL('/api/sign-in', this.both.urls.get(province)), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ officer, password: PASSWORD }),
      });
      const { token } = JSON.parse(await answer.text()) as { token?: string };
      if (token === undefined) throw new TypeError(`${officer} cannot sign in: ${answer.status}`);
      return token;
    })();
    this.tokens.set(officer, signing);
    signing.catch(() => this.tokens.delete(officer));
    return signing;
  }
}
