import type { Signature, StepEvent } from '@chuanyu/contracts';
import { isJson, isRecord } from '../keys/statement';

/** A record that is not what it should be: where it stands, and what is wrong with it. */
export interface BadRecord {
  readonly file: string;
  /** 1 is the first. */
  readonly line: number;
  /** Of the event; null where the line is no event. */
  readonly sequence: number | null;
  readonly code: BadRecordCode;
  /** One sentence in Chinese. */
  readonly detail: string;
}
export type BadRecordCode =
  /** No JSON, or not of the shape of its kind. */
  | 'unreadable'
  /** A line that must be there is not, or stands elsewhere. */
  | 'out-of-place'
  /** The heading does not fit the events. */
  | 'heading'
  /** Belongs to another case. */
  | 'other-case'
  /** A record before this one is missing, or two have changed places. */
  | 'sequence'
  /** The content is not what the hash says. */
  | 'altered'
  /** Does not name the hash of the event before it. */
  | 'unlinked'
  /** Not a step that the workflow file lets be taken there, or by that side. */
  | 'not-its-turn'
  | 'not-the-workflow'
  /** Not signed by the province that wrote it. */
  | 'signature'
  /** The ask in it was not signed by the province that asked. */
  | 'ask'
  /** The stated head is not the last event: the end is cut off, or the head rewritten. */
  | 'head'
  /** The other side has another event at this place. */
  | 'fork'
  | 'keys';

export interface ExportedLink {
  readonly line: number;
  readonly sequence: number;
  readonly hash: string;
  readonly signature: Signature | null;
  readonly event: StepEvent;
}
export interface Heading {
  readonly case: string;
  readonly workflow: string;
  readonly definition: number;
  readonly number: string | null;
  readonly side: 'origin' | 'counterpart';
  readonly province: string;
  readonly peer: string | null;
}
export interface ExportFile {
  readonly name: string;
  readonly heading: Heading;
  readonly keys: { readonly line: number; readonly value: unknown } | undefined;
  readonly links: readonly ExportedLink[];
  readonly head: {
    readonly line: number;
    readonly sequence: number;
    readonly hash: string;
    readonly state: string | null;
    readonly turn: string | null;
  };
}

/** Reads an export (JSON lines); the first line that cannot be read is named. */
export const readExport = (name: string, text: string): ExportFile | BadRecord => {
  const lines = text.split('\n');
  while (lines.at(-1)?.trim() === '') lines.pop();
  const bad = (line: number, code: BadRecordCode, detail: string, sequence: number | null = null): BadRecord => ({
    file: name,
    line,
    sequence,
    code,
    detail,
  });
  let heading: Heading | undefined;
  let keys: ExportFile['keys'];
  let head: ExportFile['head'] | undefined;
  const links: ExportedLink[] = [];
  for (const [at, each] of lines.entries()) {
    const line = at + 1;
    const value = parsed(each);
    if (value === undefined) return bad(line, 'unreadable', '不是一行 JSON 对象');
    if (head) return bad(line, 'out-of-place', '链头之后还有内容');
    if ((value['kind'] === 'case') !== (line === 1)) return bad(line, 'out-of-place', '第一行应为办件，且只有这一行');
    const sequence = typeof value['sequence'] === 'number' ? value['sequence'] : null;
    switch (value['kind']) {
      case 'case':
        heading = headingIn(value);
        if (!heading) return bad(line, 'unreadable', '办件一行缺少内容');
        break;
      case 'keys':
        if (links.length > 0 || keys) return bad(line, 'out-of-place', '密钥应在第一条记录之前，只有一行');
        keys = { line, value: value['keys'] };
        break;
      case 'link': {
        const link = linkIn(line, value);
        if (!link) return bad(line, 'unreadable', '记录缺少内容，或有多余的内容', sequence);
        links.push(link);
        break;
      }
      case 'head':
        head = headIn(line, value);
        if (!head) return bad(line, 'unreadable', '链头一行缺少内容');
        break;
      default:
        return bad(line, 'unreadable', `没有这种行：${String(value['kind']).slice(0, 40)}`);
    }
  }
  if (!heading) return bad(1, 'out-of-place', '没有办件一行');
  if (!head) return bad(lines.length, 'head', '没有链头一行：末尾被截去');
  return { name, heading, keys, links, head };
};
export const isBad = (read: ExportFile | BadRecord): read is BadRecord => 'code' in read;

type Fields = Readonly<Record<string, unknown>>;
const parsed = (line: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
const text = (value: unknown): value is string => typeof value === 'string';
const textOrNull = (value: unknown): value is string | null => value === null || text(value);
const headingIn = ({ case: id, workflow, definition, number, side, province, peer }: Fields): Heading | undefined =>
  text(id) &&
  text(workflow) &&
  typeof definition === 'number' &&
  textOrNull(number) &&
  (side === 'origin' || side === 'counterpart') &&
  text(province) &&
  textOrNull(peer)
    ? { case: id, workflow, definition, number, side, province, peer }
    : undefined;
const headIn = (line: number, { sequence, hash, state, turn }: Fields): ExportFile['head'] | undefined =>
  typeof sequence === 'number' && text(hash) && textOrNull(state) && textOrNull(turn)
    ? { line, sequence, hash, state, turn }
    : undefined;
const linkIn = (line: number, { sequence, hash, signature, event }: Fields): ExportedLink | undefined =>
  typeof sequence === 'number' && text(hash) && (signature === null || isSignature(signature)) && isEvent(event)
    ? { line, sequence, hash, signature, event }
    : undefined;
const isSignature = (value: unknown): value is Signature =>
  isRecord(value) && text(value['kid']) && text(value['signature']);

const attributes: Readonly<Record<string, 'string' | 'number'>> = {
  id: 'string',
  type: 'string',
  source: 'string',
  subject: 'string',
  time: 'string',
  casesequence: 'number',
  previoushash: 'string',
  tenure: 'number',
  stepkey: 'string',
  definition: 'number',
};
/** As far as verification reads it: what more an event must be, its hash and its signature vouch for. */
const isEvent = (value: unknown): value is StepEvent => {
  if (!isRecord(value) || 'private' in value) return false;
  if (!Object.entries(attributes).every(([name, type]) => typeof value[name] === type)) return false;
  const { data } = value;
  if (!isRecord(data) || !text(data['state']) || !text(data['salt']) || !textOrNull(data['from'])) return false;
  const { by, ask, form, opening, turn } = data;
  return (
    isRecord(by) &&
    ['province', 'unit', 'role'].every((name) => text(by[name])) &&
    (ask === null || isAsk(ask)) &&
    (form === null || isRecord(form)) &&
    (turn === null || turn === 'origin' || turn === 'counterpart') &&
    (opening === null || isOpening(opening))
  );
};
const isAsk = (value: unknown): boolean =>
  isRecord(value) &&
  isRecord(value['by']) &&
  text(value['by']['province']) &&
  text(value['step']) &&
  text(value['time']);
const isOpening = (value: unknown): boolean =>
  isRecord(value) && text(value['number']) && isRecord(value['origin']) && text(value['origin']['province']);
