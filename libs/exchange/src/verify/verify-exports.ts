import { BEGINNING, hashOf, otherSide, type Ask, type Json, type Side, type Signature } from '@chuanyu/contracts';
import type { Workflow, Workflows } from '@chuanyu/engine';
import { verifyParcel } from '../keys/envelope';
import type { KeySet } from '../keys/key-set';
import {
  isBad,
  readExport,
  type BadRecord,
  type BadRecordCode,
  type ExportedLink,
  type ExportFile,
} from './export-file';
import { fingerprintsOf, isKeySet, keysInBoth, readKeySet } from './key-lines';
import { beginning, follow, type Standing } from './replay';

export interface Verdict {
  readonly sound: boolean;
  /** The first bad record: of several files, the one with the lowest sequence. */
  readonly bad: BadRecord | undefined;
  /** What is not wrong, and must be known to judge the rest. */
  readonly warnings: readonly string[];
  readonly case: string | null;
  readonly workflow: string | null;
  /** Events that were verified on both sides. */
  readonly events: number;
  readonly fingerprints: readonly { readonly province: string; readonly fingerprint: string }[];
}
export interface VerifyOptions {
  readonly workflows: Workflows;
  /** Public keys that came another way than the exports. */
  readonly keys?: KeySet;
}

/**
 * Proves a case's history from exports of both sides, without any of their systems: hashes, chain, signatures, asks, turns and heads.
 * A forger who can sign for a province is not found by this; nor is a tail that both sides cut.
 */
export const verifyExports = async (
  files: readonly { readonly name: string; readonly text: string }[],
  options: VerifyOptions,
): Promise<Verdict> => {
  const read = files.map(({ name, text }) => readExport(name, text));
  const unreadable = read.find(isBad);
  const [one, other] = read.filter((each): each is ExportFile => !isBad(each));
  const none = { case: null, workflow: null, events: 0, fingerprints: [], warnings: [] };
  if (unreadable) return { ...none, sound: false, bad: unreadable };
  if (!one || !other || read.length !== 2) throw new RangeError('exports of both sides are needed, and no more');

  const apart = headingsApart(one, other);
  const known = await keysFor(one, other, options.keys);
  if ('code' in known) return { ...none, sound: false, bad: known };
  const results = await Promise.all([one, other].map((file) => verifyOne(file, options.workflows, known.keys)));
  const found = [apart, ...results.flatMap(({ bad }) => bad ?? []), forkOf(one, other)].filter(
    (each) => each !== undefined,
  );
  const [bad] = found.sort((a, b) => place(a) - place(b));
  const [short, long] = one.links.length <= other.links.length ? [one, other] : [other, one];
  const behind = long.links.length - short.links.length;
  return {
    sound: bad === undefined,
    bad,
    warnings: [
      ...known.warnings,
      ...results.flatMap(({ warnings }) => warnings),
      ...(behind > 0 ? [`${short.name} 比 ${long.name} 少最后 ${behind} 条：前面的部分相同，是其前缀`] : []),
    ],
    case: one.heading.case,
    workflow: one.heading.workflow,
    events: short.links.length,
    fingerprints: fingerprintsOf(known.keys),
  };
};
/** The heading comes before every event; a head that does not fit comes after them. */
const place = ({ sequence, code }: BadRecord): number => sequence ?? (code === 'head' ? Number.MAX_SAFE_INTEGER : 0);

const at = (
  file: ExportFile,
  line: number,
  code: BadRecordCode,
  detail: string,
  sequence: number | null = null,
): BadRecord => ({
  file: file.name,
  line,
  sequence,
  code,
  detail,
});
const headingsApart = (one: ExportFile, other: ExportFile): BadRecord | undefined => {
  const [mine, theirs] = [one.heading, other.heading];
  if (mine.case !== theirs.case) return at(other, 1, 'other-case', `是另一办件：${theirs.case}，不是 ${mine.case}`);
  if (mine.workflow !== theirs.workflow || mine.definition !== theirs.definition || mine.number !== theirs.number)
    return at(other, 1, 'heading', '两份导出的事项、版本或编号不同');
  if (mine.side === theirs.side || mine.peer !== theirs.province || theirs.peer !== mine.province)
    return at(other, 1, 'heading', '不是同一办件的双方：须为发起方与协作方各一份');
  return undefined;
};

const keysFor = async (
  one: ExportFile,
  other: ExportFile,
  given: KeySet | undefined,
): Promise<{ readonly keys: KeySet; readonly warnings: readonly string[] } | BadRecord> => {
  const provinces = [one.heading.province, other.heading.province];
  const unknown = provinces.filter((province) => !given?.peers.some((peer) => peer.province === province));
  if (given && unknown.length === 0) return { keys: given, warnings: [] };
  const sets: KeySet[] = [];
  for (const file of [one, other]) {
    if (!file.keys) return at(file, 1, 'keys', '导出中没有公钥，请以 --keys 给出');
    const read = await readKeySet(file.keys.value);
    if (!isKeySet(read))
      return at(file, file.keys.line, 'keys', `公钥有误：${read[0]?.pointer ?? ''} ${read[0]?.detail ?? ''}`);
    sets.push(read);
  }
  const [mine, theirs] = sets;
  const inBoth = mine && theirs ? keysInBoth(mine, theirs).peers : [];
  const came = inBoth.filter(({ province }) => unknown.includes(province));
  return {
    keys: { peers: [...(given?.peers ?? []), ...came] },
    warnings: [
      `${unknown.join('、')} 的公钥随导出而来，只能证明两份导出彼此一致：请与配对时读出的指纹核对，或以 --keys 给出`,
    ],
  };
};

/** The first place at which the two histories differ. */
const forkOf = (one: ExportFile, other: ExportFile): BadRecord | undefined => {
  for (const [n, link] of other.links.entries()) {
    const mine = one.links[n];
    if (mine && mine.hash !== link.hash)
      return at(other, link.line, 'fork', `与 ${one.name} 第 ${mine.line} 行不同：两地历史在此分叉`, link.sequence);
  }
  return undefined;
};

interface Verified {
  readonly bad?: BadRecord;
  readonly warnings: readonly string[];
}
const verifyOne = async (file: ExportFile, workflows: Workflows, keys: KeySet): Promise<Verified> => {
  const { heading, links, head } = file;
  const workflow = workflows.get(heading.workflow, heading.definition);
  const bad = (line: number, code: BadRecordCode, detail: string, sequence: number | null = null): Verified => ({
    bad: at(file, line, code, detail, sequence),
    warnings: [],
  });
  if (!workflow) return bad(1, 'heading', `本工具没有事项 ${heading.workflow} 的第 ${heading.definition} 版`);
  const misheaded = headingFault(file);
  if (misheaded !== undefined) return bad(1, misheaded.code, misheaded.detail);
  const provinces: Readonly<Record<Side, string | null>> =
    heading.side === 'origin'
      ? { origin: heading.province, counterpart: heading.peer }
      : { origin: heading.peer, counterpart: heading.province };
  let standing = beginning;
  let previous = BEGINNING;
  const warnings: string[] = [];
  for (const [n, link] of links.entries()) {
    const fault = await linkFault(file, { link, n, previous, standing, workflow, provinces, keys });
    if ('code' in fault) return bad(link.line, fault.code, fault.detail, link.sequence);
    if (fault.unsigned) warnings.push(`${file.name} 第 ${link.line} 行（序号 ${link.sequence}）尚未签名发出`);
    standing = fault.next;
    previous = link.hash;
  }
  if (head.sequence !== links.length || head.hash !== previous)
    return bad(
      head.line,
      'head',
      `链头写明第 ${head.sequence} 条，而记录到第 ${links.length} 条为止，或哈希不符：末尾被截去或链头被改`,
    );
  if (head.state !== standing.state || head.turn !== standing.turn)
    return bad(head.line, 'head', `链头写明环节 ${String(head.state)}、办理方 ${String(head.turn)}，与记录不符`);
  return { warnings };
};
const headingFault = ({
  heading,
  links,
}: ExportFile): { readonly code: BadRecordCode; readonly detail: string } | undefined => {
  const opening = links[0]?.event.data.opening;
  if (links.length > 0 && links.every(({ event }) => event.subject !== heading.case))
    return { code: 'other-case', detail: '办件一行与各条记录不是同一办件' };
  if (!opening) return undefined;
  const opener = heading.side === 'origin' ? heading.province : heading.peer;
  return heading.number === opening.number && opener === opening.origin.province
    ? undefined
    : { code: 'heading', detail: '编号或发起方与第一条记录不符' };
};

interface Checking {
  readonly link: ExportedLink;
  readonly n: number;
  readonly previous: string;
  readonly standing: Standing;
  readonly workflow: Workflow;
  readonly provinces: Readonly<Record<Side, string | null>>;
  readonly keys: KeySet;
}
type LinkFault = { readonly code: BadRecordCode; readonly detail: string };
const linkFault = async (
  file: ExportFile,
  { link, n, previous, standing, workflow, provinces, keys }: Checking,
): Promise<LinkFault | { readonly next: Standing; readonly unsigned: boolean }> => {
  const { event, signature } = link;
  const { heading } = file;
  if (event.subject !== heading.case) return { code: 'other-case', detail: '属于另一办件' };
  if (link.sequence !== n + 1 || event.casesequence !== n + 1 || event.id !== `${heading.case}/${n + 1}`)
    return {
      code: 'sequence',
      detail: `此处应为第 ${n + 1} 条，却是第 ${link.sequence} 条（${event.id}）：有记录缺失或换了位置`,
    };
  if (hashed(link) !== link.hash) return { code: 'altered', detail: '内容与其哈希不符：内容或哈希被改' };
  if (event.previoushash !== previous)
    return { code: 'unlinked', detail: '没有接在上一条之后：这一条或上一条连同哈希被改' };
  if (event.definition !== heading.definition)
    return { code: 'heading', detail: `记录依据第 ${event.definition} 版，办件一行写第 ${heading.definition} 版` };
  const followed = follow(workflow, standing, event, provinces);
  if ('code' in followed) return { code: followed.code, detail: followed.why };
  const writer = standing.turn ?? 'origin';
  const [from, to] = [provinces[writer] ?? '', provinces[otherSide(writer)] ?? ''];
  const { domain } = workflow;
  if (event.data.ask) {
    const refused = await askFault(event.data.ask, {
      from: to,
      to: from,
      keys,
      body: { domain, case: heading.case, workflow: workflow.id, definition: event.definition },
    });
    if (refused !== undefined) return { code: 'ask', detail: refused };
  }
  // Only its writer may hold an event that was not signed yet, and only until it has crossed.
  if (signature === null)
    return from === heading.province
      ? { next: followed.next, unsigned: true }
      : { code: 'signature', detail: `没有 ${from} 的签名` };
  const body = { domain, case: heading.case, event: event as unknown as Json };
  const verified = await verifyParcel(
    keys,
    { from, to, kind: 'step', epoch: signature.epoch ?? 0, body, kid: signature.kid, signature: signature.signature },
    { at: event.time },
  );
  return verified.ok
    ? { next: followed.next, unsigned: false }
    : { code: 'signature', detail: `不是 ${from} 对这一条的签名：${verified.fault.title}` };
};
const hashed = ({ event }: ExportedLink): string | undefined => {
  try {
    return hashOf(event);
  } catch {
    return undefined;
  }
};

const askFault = async (
  ask: Ask,
  {
    from,
    to,
    keys,
    body,
  }: {
    readonly from: string;
    readonly to: string;
    readonly keys: KeySet;
    readonly body: { readonly [key: string]: Json };
  },
): Promise<string | undefined> => {
  const { signature, ...said } = ask;
  if (!signature) return `其中的提请没有 ${from} 的签名`;
  const { kid, signature: jws, epoch }: Signature = signature;
  const parcel = {
    from,
    to,
    kind: 'ask',
    epoch: epoch ?? 0,
    body: { ...body, ask: said as unknown as Json },
    kid,
    signature: jws,
  };
  if ((await verifyParcel(keys, parcel, { at: ask.time })).ok) return undefined;
  return `其中的提请不是 ${from} 所签`;
};
