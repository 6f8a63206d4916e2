import { topics, type Json, type Message } from '@chuanyu/contracts';

/** Kinds that go on the data topics, keyed by case and in order with each other; the others go on control and are never held. */
export const isData = (message: Message): boolean =>
  message.kind === 'step' || message.kind === 'ask' || message.kind === 'fence';

/** What is signed and sealed of a message: everything but who sends it to whom, which stands in the parcel itself. */
export const bodyOf = (message: Message): Json => {
  const aside = new Set(['kind', 'to', 'from', 'epoch', 'signature']);
  const body = Object.fromEntries(Object.entries(message).filter(([name]) => !aside.has(name)));
  return JSON.parse(JSON.stringify(body)) as Json;
};

/** The message that a parcel holds, as far as its outer shape can be told; what is inside is checked by the receiver of that kind. */
export const messageOf = (parcel: {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly epoch: number;
  readonly body: Json;
}): Message | undefined => {
  const { kind, body, from, to, epoch } = parcel;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const required = shapes[kind];
  const fields = body as Readonly<Record<string, Json | undefined>>;
  if (
    !required ||
    !Object.entries(required).every(([name, type]) =>
      type === 'object' ? typeof fields[name] === 'object' && fields[name] !== null : typeof fields[name] === type,
    )
  )
    return undefined;
  return { ...fields, kind, from, to, epoch } as unknown as Message;
};
const shapes: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'object' | 'boolean'>>>> = {
  step: { domain: 'string', case: 'string', event: 'object' },
  ask: { domain: 'string', case: 'string', workflow: 'string', definition: 'number', ask: 'object' },
  receipt: { domain: 'string', case: 'string', receipt: 'object' },
  repair: { domain: 'string', case: 'string', after: 'number' },
  urge: { domain: 'string', case: 'string', urge: 'object' },
  heads: { domain: 'string', time: 'string' },
  fence: { domain: 'string', partition: 'number', nonce: 'string', next: 'number' },
  readmission: {
    domain: 'string',
    nonce: 'string',
    partition: 'number',
    granted: 'boolean',
    known: 'number',
    heads: 'object',
  },
  counts: { domain: 'string', counts: 'object', time: 'string' },
  key: { domain: 'string', announcement: 'object' },
  versions: { domain: 'string', versions: 'object' },
  piece: { domain: 'string', hash: 'string', size: 'number', piece: 'number', content: 'string', time: 'string' },
  want: { domain: 'string', hash: 'string', pieces: 'object', time: 'string' },
};

/** The key under which a message stands in a topic: its case, so that its order is kept. */
export const keyOf = (message: Message): string =>
  'case' in message
    ? message.case
    : message.kind === 'piece' || message.kind === 'want'
      ? message.hash
      : `${message.kind} ${message.domain}`;
/** The topic of the sender's log on which it goes to the peer. */
export const topicOf = (message: Message, from: string, to: string): string =>
  message.kind === 'piece'
    ? topics.files(from, to)
    : isData(message)
      ? topics.border(from, to, message.domain)
      : topics.control(from, to);
/** When it was said, by the sender's clock: the instant at which its signing key is judged. */
export const saidAt = (body: Json): string | undefined => {
  const time = (value: unknown): string | undefined =>
    typeof value === 'object' && value !== null && 'time' in value && typeof value.time === 'string'
      ? value.time
      : undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const fields = body as Readonly<Record<string, unknown>>;
  return time(fields['event']) ?? time(fields['ask']) ?? time(fields['receipt']) ?? time(fields['urge']) ?? time(body);
};
