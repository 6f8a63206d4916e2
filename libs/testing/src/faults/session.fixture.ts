import { randomUUID } from 'node:crypto';
import type { Attached } from '@chuanyu/engine';
import type { RunningProvince } from '@chuanyu/provinces';
import { addDays, today } from '@chuanyu/reference';
import type { Stage } from './stage.fixture';

/** As far as the specs look at a case page. */
export interface Opened {
  readonly id: string;
  readonly number: string | null;
  readonly sequence: number;
  readonly head: string;
  readonly status: string;
  readonly delivered: number;
  readonly waitingForEarlier: number;
  readonly state: { readonly name: string | null; readonly due: string | null };
  readonly drafts: readonly { readonly id: string; readonly step: string }[];
  readonly asks: readonly { readonly step: string; readonly status: string }[];
  readonly timeline: readonly { readonly sequence: number; readonly step: string; readonly receipts: Receipts }[];
}
export interface Receipts {
  readonly accepted?: string;
  readonly relayed?: string;
  readonly delivered?: string;
  readonly opened?: string;
  readonly negative?: { readonly code: string; readonly detail: string; readonly time: string };
}
/** The identity of an agreement and of its clauses. */
export interface Agreed {
  readonly id: string;
  readonly clause: (n: number) => string;
}

/** The service said no. */
export class CallRefused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    readonly headers: Headers,
  ) {
    super(`${status} ${body.slice(0, 500)}`);
  }
}

/** One officer's work through the gateway of the own province. */
export class Session {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  async text(
    method: string,
    path: string,
    body?: unknown,
    key: string = randomUUID(),
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        'Idempotency-Key': key,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new CallRefused(answer.status, text, answer.headers);
    return text;
  }
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text('GET', path)) as T;
  }
  async post<T = Opened>(path: string, body: unknown, key?: string): Promise<T> {
    return JSON.parse(await this.text('POST', path, body, key)) as T;
  }
  /** A file, as it is. */
  async upload(name: string, bytes: Buffer, { domain = 'prison', type = 'application/pdf' } = {}): Promise<Attached> {
    const answer = await fetch(new URL(`/api/${domain}/attachments`, this.url), {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.token}`,
        'Content-Type': type,
        'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
      body: new Uint8Array(bytes),
    });
    const text = await answer.text();
    if (!answer.ok) throw new CallRefused(answer.status, text, answer.headers);
    return JSON.parse(text) as Attached;
  }
  async download(id: string, hash: string): Promise<{ readonly bytes: Buffer; readonly headers: Headers }> {
    const path = `/api/prison/release-handover/${id}/attachments/${hash}`;
    const answer = await fetch(new URL(path, this.url), {
      headers: { Authorization: `Bearer ${this.token}`, Purpose: encodeURIComponent('核对评估表') },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) throw new CallRefused(answer.status, bytes.toString(), answer.headers);
    return { bytes, headers: answer.headers };
  }
  step(id: string, step: string, form: unknown, key?: string): Promise<Opened> {
    return this.post(`/api/prison/release-handover/${id}/${step}`, { form }, key);
  }
  page(id: string, workflow = 'prison/release-handover'): Promise<Opened> {
    return this.get(`/api/${workflow}/${id}`);
  }
  async receipts(id: string, sequence: number): Promise<Receipts> {
    const entry = (await this.page(id)).timeline.find((each) => each.sequence === sequence);
    return entry?.receipts ?? {};
  }
  async list(path = '/api/cases?limit=100'): Promise<readonly Record<string, unknown>[]> {
    return (await this.get<{ items: readonly Record<string, unknown>[] }>(path)).items;
  }
}

const signed = async (stage: Stage, by: string, path: string, page: Opened): Promise<Opened> =>
  (await stage.as(by)).post(`${path}/${page.id}/drafts/${page.drafts.at(-1)?.id ?? ''}/sign`, {});

/** Both provinces agree: clause 1 lets all of a release handover flow, clause 2 only what no handover can do with. */
export const agree = async (stage: Stage, days = 700): Promise<Agreed> => {
  const path = '/api/coordination/agreement';
  const date = today(stage.sichuan.options.clock);
  const data = ['identity', 'contact', 'family', 'conviction', 'risk', 'business'];
  const opened = await (
    await stage.as('sc.linfeng')
  ).post<Opened>(path, {
    to: { province: 'chongqing', unit: 'cq-liaison' },
    form: {
      title: '川渝司法行政合作框架协议',
      effective: date,
      expires: addDays(date, days),
      clauses: [
        { title: '刑满释放人员衔接', workflows: 'prison.release-handover', data },
        { title: '协议事务', workflows: 'coordination.agreement', data: ['health'] },
      ],
    },
  });
  await signed(stage, 'sc.yangxuemei', path, opened);
  await stage.drain();
  const joined = await (await stage.as('cq.dengkai')).post<Opened>(`${path}/${opened.id}/join`, {});
  await signed(stage, 'cq.pengxin', path, joined);
  await stage.drain();
  return { id: opened.id, clause: (n) => `${opened.id}/${n}` };
};

/** What a replica says of itself, read from the province's own store. */
export const replicaOf = async (province: RunningProvince, id: string) => {
  const kept = await province.services.get('prison')?.keeper.get(id);
  if (!kept) return undefined;
  const { head, status, parked, delivered, fork } = kept.document;
  return {
    sequence: head.sequence,
    hash: head.hash,
    state: head.state,
    status,
    parked: parked.length,
    delivered,
    fork,
  };
};
/** Both replicas stand at the same head, nothing waits. */
export const expectConverged = async (stage: Stage, id: string, sequence?: number): Promise<void> => {
  const [one, other] = [await replicaOf(stage.sichuan, id), await replicaOf(stage.chongqing, id)];
  expect(one).toBeDefined();
  expect({ ...one, delivered: 0 }).toEqual({ ...other, delivered: 0 });
  expect(one).toMatchObject({ status: 'live', parked: 0, ...(sequence === undefined ? {} : { sequence }) });
};
