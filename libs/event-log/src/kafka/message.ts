import type { IHeaders } from 'kafkajs';
import type { Incoming } from '../lane-ports';
import type { LogRecord } from '../port';

/** A message as it comes from Kafka, by a group or without. */
export interface ReadMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: IHeaders | undefined;
}
export interface FetchedMessage extends ReadMessage {
  readonly isControlRecord?: boolean;
}
export interface Fetched {
  readonly responses: readonly {
    readonly partitions: readonly { readonly highWatermark: string; readonly messages: readonly FetchedMessage[] }[];
  }[];
}

/** kafkajs gives no type to what its brokers answer. */
export const isFetched = (answer: unknown): answer is Fetched =>
  has(answer, 'responses', isList) &&
  answer.responses.every(
    (response) =>
      has(response, 'partitions', isList) &&
      response.partitions.every(
        (part) => has(part, 'highWatermark', isText) && has(part, 'messages', isList) && part.messages.every(isMessage),
      ),
  );

const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isMessage = (value: unknown): boolean =>
  has(value, 'offset', isText) &&
  has(value, 'timestamp', isText) &&
  has(value, 'value', isBytes) &&
  has(value, 'key', isBytes);
const isBytes = (value: unknown): value is Buffer | null => value === null || Buffer.isBuffer(value);

export function has<K extends string, T>(
  value: unknown,
  name: K,
  is: (value: unknown) => value is T,
): value is Record<K, T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    name in value &&
    is(Object.getOwnPropertyDescriptor(value, name)?.value)
  );
}

/** What cannot be read keeps its text as value. */
export function incoming(topic: string, partition: number, message: ReadMessage): Incoming {
  const text = message.value?.toString('utf8');
  const { value, fault } = read(text);
  const record: LogRecord = {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString('utf8') ?? '',
    headers: headersOf(message.headers),
    value,
    time: timeOf(message.timestamp),
  };
  const bytes = message.value?.length ?? 0;
  return fault === undefined ? { record, bytes } : { record, bytes, broken: fault };
}

/** Records that the broker took together have one time: it is written out once for all of them. */
let lastTime = { timestamp: '0', text: new Date(0).toISOString() };
function timeOf(timestamp: string): string {
  if (timestamp !== lastTime.timestamp) lastTime = { timestamp, text: new Date(Number(timestamp)).toISOString() };
  return lastTime.text;
}

function read(text: string | undefined): { readonly value: unknown; readonly fault?: string } {
  if (text === undefined) return { value: null, fault: 'not JSON: there is no value' };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { value: text, fault: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** Of a header that a foreign program set twice, the last. */
function headersOf(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  if (!headers) return NONE;
  const names = Object.keys(headers);
  if (names.length === 0) return NONE;
  const texts: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) texts[name] = last.toString();
  }
  return texts;
}
