import { randomUUID } from 'node:crypto';
import type { Attached } from '@chuanyu/engine';
import type { List, ListItem, SignItem } from '@chuanyu/gateway';
import type { PublicEvent } from '@chuanyu/exchange';
import type { ImportAnswer, CasePage, MemberView } from '@chuanyu/service';

/** What the platform answers where it refuses: RFC 9457, as it came. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly rule: string; readonly detail: string }[];
  readonly possible?: unknown;
  /** Where a claim is taken: forms that would be free. */
  readonly free?: readonly object[];
}
/** Either what was asked for or the problem: a refusal is an answer, not an exception. */
export type Reply<T> =
  | { readonly ok: true; readonly status: number; readonly headers: Headers; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly headers: Headers; readonly problem: Problem };

/** Something was refused that had to be granted. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail} ${JSON.stringify(problem.errors ?? '')}`);
    this.name = 'Refused';
  }
}
/** The body where it was granted; throws `Refused` where not. */
export const granted = <T>(reply: Reply<T>): T => {
  if (reply.ok) return reply.body;
  throw new Refused(reply.problem);
};

export interface CaseRef {
  /** `prison.release-handover` */
  readonly workflow: string;
  readonly id: string;
}
export interface Asking {
  readonly overrides?: readonly { readonly advice: string; readonly reason: string }[];
  /** The page's version that the officer has read: `If-Match`. */
  readonly version?: string;
  /** A fresh one unless said. */
  readonly key?: string;
}
export interface Opening extends Asking {
  /** Absent where the workflow is domestic. */
  readonly to?: { readonly province: string; readonly unit: string };
  readonly form: object;
  readonly under?: string;
}

interface Requested {
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes as they are. */
  readonly body?: unknown;
  /** The answer is bytes: given as Latin-1 text. */
  readonly binary?: true;
}
/** One request over HTTP, whoever makes it. Rejects where nobody answers. */
export const request = async <T>(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  { headers = {}, body, binary }: Requested = {},
): Promise<Reply<T>> => {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString(binary === true && response.ok ? 'latin1' : 'utf8');
  const { status } = response;
  if (!response.ok) return { ok: false, status, headers: response.headers, problem: problemOf(status, text) };
  const json = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '');
  return { ok: true, status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
};
const problemOf = (status: number, text: string): Problem => {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { status, code: 'no-problem-json', title: text.slice(0, 200), detail: text.slice(0, 200) };
  }
};

/** An officer at work, over the public HTTP API and nothing else. */
export class OfficerClient {
  private constructor(
    readonly url: string,
    readonly id: string,
    readonly name: string,
    readonly unit: string,
    readonly token: string,
  ) {}

  static async signIn(url: string, officer: string, password: string): Promise<OfficerClient> {
    const { token, officer: view } = granted(
      await request<{ token: string; officer: { name: string; unit: string } }>(url, 'POST', '/api/sign-in', {
        body: { officer, password },
      }),
    );
    return new OfficerClient(url, officer, view.name, view.unit, token);
  }

  get<T>(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply<T>> {
    return request<T>(this.url, 'GET', path, { headers: { ...this.authorization, ...headers } });
  }
  post<T>(path: string, body: unknown, { version, key }: Asking = {}): Promise<Reply<T>> {
    return request<T>(this.url, 'POST', path, {
      headers: {
        ...this.authorization,
        'Idempotency-Key': key ?? randomUUID(),
        ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
      },
      body,
    });
  }
  /** As a careless program would. */
  postWithoutKey<T>(path: string, body: unknown): Promise<Reply<T>> {
    return request<T>(this.url, 'POST', path, { headers: this.authorization, body });
  }
  /** The same token, shown at another address. */
  elsewhere(url: string): OfficerClient {
    return new OfficerClient(url, this.id, this.name, this.unit, this.token);
  }
  private get authorization(): Readonly<Record<string, string>> {
    return { Authorization: `Bearer ${this.token}` };
  }

  open(workflow: string, { to, form, overrides, under, ...asking }: Opening): Promise<Reply<CasePage>> {
    const body = {
      ...(to ? { to } : {}),
      form,
      ...(overrides ? { overrides } : {}),
      ...(under === undefined ? {} : { under }),
    };
    return this.post(`/api/${workflow.replace('.', '/')}`, body, asking);
  }
  page(at: CaseRef, purpose?: string): Promise<Reply<CasePage>> {
    return this.get(placeOf(at), purpose === undefined ? {} : { Purpose: encodeURIComponent(purpose) });
  }
  /** Any step, of the workflow or everyday. */
  step(at: CaseRef, step: string, form?: object, { overrides, ...asking }: Asking = {}): Promise<Reply<CasePage>> {
    const body = { ...(form ? { form } : {}), ...(overrides ? { overrides } : {}) };
    return this.post(`${placeOf(at)}/${step}`, body, asking);
  }
  takeIn(at: CaseRef): Promise<Reply<CasePage>> {
    return this.post(`${placeOf(at)}/take-in`, {});
  }
  assign(at: CaseRef, officer: string, deputies: readonly string[] = []): Promise<Reply<CasePage>> {
    return this.post(`${placeOf(at)}/assign`, { officer, deputies });
  }
  urge(at: CaseRef, note: string): Promise<Reply<CasePage>> {
    return this.post(`${placeOf(at)}/urge`, { note });
  }
  sign(draft: string): Promise<Reply<CasePage>> {
    return this.post(`/api/drafts/${draft}/sign`, {});
  }
  returnDraft(draft: string, reason: string): Promise<Reply<CasePage>> {
    return this.post(`/api/drafts/${draft}/return`, { reason });
  }
  /** The cases under this one; only those in which the step was taken, where one is named. */
  members(at: CaseRef, took?: string): Promise<Reply<{ readonly members: readonly MemberView[] }>> {
    return this.get(`${placeOf(at)}/members${took === undefined ? '' : `?took=${took}`}`);
  }
  /** A file as it is; answers what goes into the form. */
  async upload(domain: string, name: string, bytes: Uint8Array, type: string): Promise<Reply<Attached>> {
    return request(this.url, 'POST', `/api/${domain}/attachments`, {
      headers: {
        ...this.authorization,
        'Content-Type': type,
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
      body: bytes,
    });
  }
  /** The content of a file that a field of the case names, as Latin-1 text: byte by byte. */
  async download(at: CaseRef, hash: string): Promise<Reply<string>> {
    return request(this.url, 'GET', `${placeOf(at)}/attachments/${hash}`, {
      headers: this.authorization,
      binary: true,
    });
  }
  /** A register as a spreadsheet program saves it; a dry run only asks what it would do. */
  importRegister(domain: string, register: string, csv: string, dryRun = false): Promise<Reply<ImportAnswer>> {
    return request(this.url, 'POST', `/api/${domain}/registers/${register}/import?dry-run=${dryRun}`, {
      headers: { ...this.authorization, 'Content-Type': 'text/csv' },
      body: csv,
    });
  }
  /** JSON lines. */
  export(at: CaseRef): Promise<Reply<string>> {
    return this.get(`${placeOf(at)}/export`);
  }

  list(
    name: 'to-take-in' | 'to-do' | 'done' | 'cases',
    query: Readonly<Record<string, string>> = {},
  ): Promise<Reply<List<ListItem>>> {
    return this.get(`/api/${name}?${new URLSearchParams({ limit: '100', ...query }).toString()}`);
  }
  toSign(): Promise<Reply<List<SignItem>>> {
    return this.get('/api/to-sign?limit=100');
  }
}
const placeOf = ({ workflow, id }: CaseRef): string => `/api/${workflow.replace('.', '/')}/${id}`;

/** Where one party has its gateway: what needs no officer. */
export class PublicClient {
  constructor(readonly url: string) {}
  /** Everything published so far, both provinces', page by page; as lines of text, as they came. */
  async events(): Promise<string> {
    let all = '';
    for (let after = ''; ;) {
      const page = granted(await request<string>(this.url, 'GET', `/public/events?limit=500${after}`));
      const lines = page.trimEnd().split('\n');
      const { next } = JSON.parse(lines.pop() ?? '{}') as { next?: string };
      if (lines.length === 0 || next === undefined) return all;
      all += lines.map((line) => `${line}\n`).join('');
      after = `&after=${next}`;
    }
  }
  static read(lines: string): readonly PublicEvent[] {
    return lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as PublicEvent);
  }
}

/** Whatever a server started for development lets itself be told. */
export class DevelopmentClient {
  constructor(readonly url: string) {}
  advance(duration: string): Promise<Reply<Readonly<Record<string, string>>>> {
    return request(this.url, 'POST', '/dev/clock', { body: { advance: duration } });
  }
  cut(): Promise<Reply<{ readonly border: string }>> {
    return request(this.url, 'POST', '/dev/border/cut', { body: {} });
  }
  heal(): Promise<Reply<{ readonly border: string }>> {
    return request(this.url, 'POST', '/dev/border/heal', { body: {} });
  }
  state(): Promise<Reply<{ readonly border: string; readonly provinces: readonly { id: string; now: string }[] }>> {
    return request(this.url, 'GET', '/dev/state');
  }
}
