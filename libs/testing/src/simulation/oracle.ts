import { BEGINNING, hashOf, type StepEvent } from '@chuanyu/contracts';
import { type CaseDocument, type Link } from '@chuanyu/engine';
import { secretOf } from './officers';
import type { Province, ProvinceName } from './province';
import { isWaiting, type Schedule } from './schedule';
import { memberFaults } from './umbrella';

interface Replica {
  readonly province: Province;
  readonly document: CaseDocument;
  readonly chain: readonly Link[];
}

/** What must be true when everything has healed; every fault in one line. */
export const faultsOf = async (schedule: Schedule): Promise<string[]> => {
  const { sichuan, chongqing } = schedule.provinces;
  const replicas = { sichuan: await replicasOf(sichuan), chongqing: await replicasOf(chongqing) };
  const ids = new Set([...replicas.sichuan.keys(), ...replicas.chongqing.keys()]);
  const faults = [...schedule.violations];
  for (const id of ids) {
    const [a, b] = [replicas.sichuan.get(id), replicas.chongqing.get(id)];
    const domestic = (a ?? b)?.document.peer === null;
    const drafted = (a?.document.status === 'draft' && !b) || (b?.document.status === 'draft' && !a);
    if (!drafted && !domestic) faults.push(...(a && b ? pairFaults(a, b) : [`${id} is in one province only`]));
    for (const each of [a, b]) if (each) faults.push(...replicaFaults(each));
  }
  for (const name of ['sichuan', 'chongqing'] as const) {
    faults.push(...memberFaults([...replicas[name].values()].map(({ document }) => document)));
    faults.push(...numberFaults([...replicas[name].values()]));
    faults.push(...openedFaults(schedule.provinces[name]));
  }
  faults.push(...acknowledgedFaults(schedule, replicas));
  if (schedule.border.isHolding) faults.push('the border still holds something');
  return [...new Set(faults)];
};

const replicasOf = async (province: Province): Promise<Map<string, Replica>> => {
  const replicas = new Map<string, Replica>();
  for (const document of await province.documents())
    replicas.set(document.id, { province, document, chain: await province.chain(document) });
  return replicas;
};

const pairFaults = (a: Replica, b: Replica): string[] => {
  const [mine, theirs] = [a.document.head, b.document.head];
  const faults: string[] = [];
  for (const key of [
    'state',
    'turn',
    'tenure',
    'sequence',
    'hash',
    'extended',
    'untouched',
    'before',
    'since',
  ] as const)
    if (mine[key] !== theirs[key]) faults.push(`${a.document.id}: ${key} ${mine[key]} ≠ ${theirs[key]}`);
  for (const key of ['points', 'units', 'resting'] as const)
    if (JSON.stringify(mine[key]) !== JSON.stringify(theirs[key])) faults.push(`${a.document.id}: ${key} differ`);
  if (mine.due !== theirs.due) faults.push(`${a.document.id}: due ${String(mine.due)} ≠ ${String(theirs.due)}`);
  if (JSON.stringify(factsOf(a)) !== JSON.stringify(factsOf(b))) faults.push(`${a.document.id}: facts differ`);
  const longest = Math.max(a.chain.length, b.chain.length);
  for (let at = 0; at < longest; at++)
    if (a.chain[at]?.hash !== b.chain[at]?.hash) {
      faults.push(`${a.document.id}: the chains differ at ${at + 1}`);
      break;
    }
  return faults;
};
/** What both sides know of every form. */
const factsOf = ({ document }: Replica) =>
  Object.entries(document.facts)
    .map(([name, { shared, by, sequence }]) => [name, shared, by, sequence] as const)
    .sort(([x], [y]) => (x < y ? -1 : 1));

const replicaFaults = (replica: Replica): string[] => {
  const { province, document, chain } = replica;
  const at = `${document.id} in ${province.name}`;
  const faults: string[] = [];
  const wrong = (what: string) => void faults.push(`${at}: ${what}`);
  if (document.status === 'frozen') wrong('frozen');
  if (document.status === 'placeholder') wrong('a placeholder remains');
  if (isWaiting(document))
    wrong(
      `hanging: parked ${document.parked.length}, waiting ${document.waiting.length}, open asks ${document.asks.filter((each) => each.status === 'open').length}, delivered ${document.delivered} of ${document.head.sequence}`,
    );
  if (chain.length !== document.head.sequence) wrong(`${chain.length} links, head ${document.head.sequence}`);
  let before = BEGINNING;
  chain.forEach(({ event, hash }, index) => {
    if (event.casesequence !== index + 1) wrong(`link ${index + 1} has sequence ${event.casesequence}`);
    if (event.previoushash !== before) wrong(`link ${index + 1} does not follow`);
    if (hashOf(event) !== hash) wrong(`link ${index + 1} has another hash`);
    before = hash;
  });
  if (before !== document.head.hash && chain.length > 0) wrong('the head is not the last link');
  const peer: ProvinceName = province.name === 'sichuan' ? 'chongqing' : 'sichuan';
  if (JSON.stringify([document, chain]).includes(secretOf(peer))) wrong(`holds a private field of ${peer}`);
  return [...faults, ...claimFaults(replica), ...lapseFaults(replica)];
};

const lapseFaults = ({ province, document, chain }: Replica): string[] => {
  const grace = province.process(0).keeper.limits.grace;
  return chain.flatMap(({ event, at }, index) => {
    if (!event.type.includes('.lapse.') || !event.source.startsWith(province.name)) return [];
    const tenure = chain[index - 1]?.event.tenure;
    const held = chain.find((link) => link.event.tenure === tenure)?.at ?? '';
    const early = Date.parse(at) - Date.parse(held) < grace;
    return early ? [`${document.id}: lapsed ${at} at ${event.casesequence}, held since ${held}`] : [];
  });
};

/** Claims are what the history says: held while the state asks for it, one of each kind, taken by the own side's steps. */
const claimFaults = ({ province, document, chain }: Replica): string[] => {
  const workflow = province.workflows.get(document.workflow, document.definition);
  if (!workflow) return [];
  const faults: string[] = [];
  const numbers = document.claims.filter((claim) => claim.startsWith('number '));
  const expected = document.side === 'origin' && document.opening ? [`number ${document.opening.number}`] : [];
  if (JSON.stringify(numbers) !== JSON.stringify(expected)) faults.push(`${document.id}: number ${numbers.join()}`);
  workflow.claims.forEach((claim, index) => {
    const held = document.claims.filter((each) => each.startsWith(`${workflow.id}#${index} `));
    const during =
      claim.side === document.side && claim.during.includes(document.head.resting?.state ?? document.head.state ?? '');
    const last = chain.at(-1)?.event;
    const own = last?.source.startsWith(province.name) === true;
    if (!during && held.length > 0)
      faults.push(`${document.id}: holds ${held.join()} in ${String(document.head.state)}`);
    if (held.length > 1) faults.push(`${document.id}: holds two of one kind`);
    if (during && own && last && held.length === 0 && !unrefusable(last))
      faults.push(`${document.id}: lacks «${claim.title}» after its own ${last.type}`);
  });
  return faults;
};
/** Steps that a claim held by others does not stop. */
const unrefusable = ({ type, data }: StepEvent): boolean =>
  /\.(lapse|refuse-ask|cancel|pause|mark|correct|pass-on|extend|complete|supplement|readdress)\./.test(type) ||
  data.ask?.byright === true;

/** 办件编号 have no gaps and no repetition. */
const numberFaults = (replicas: readonly Replica[]): string[] => {
  const own = replicas.filter(({ document }) => document.side === 'origin' && document.opening);
  const byDocket = new Map<string, number[]>();
  for (const { document } of own) {
    if (!document.serial) return [`${document.id} is open and has no number`];
    byDocket.set(document.serial.docket, [...(byDocket.get(document.serial.docket) ?? []), document.serial.n]);
  }
  return [...byDocket].flatMap(([docket, used]) => {
    const sorted = used.sort((x, y) => x - y);
    return sorted.some((n, index) => n !== index + 1) ? [`${docket}: ${sorted.join()}`] : [];
  });
};

const openedFaults = (province: Province): string[] =>
  [...province.minted].filter(([, times]) => times > 1).map(([id, times]) => `opened ${id} was minted ${times} times`);

/** Everything that an officer was told is so, in both chains and once. */
const acknowledgedFaults = (
  schedule: Schedule,
  replicas: Readonly<Record<ProvinceName, ReadonlyMap<string, Replica>>>,
): string[] => {
  const faults: string[] = [];
  for (const [key, { province, case: id, answer }] of schedule.desk.ledger.answers) {
    const home = replicas[province].get(id);
    const away = replicas[province === 'sichuan' ? 'chongqing' : 'sichuan'].get(id);
    const sides = home?.document.peer === null ? [home] : [home, away];
    const counts = sides.map(
      (each) =>
        each?.chain.filter(({ event }) => event.stepkey === key && !event.type.includes('.refuse-ask.')).length ?? 0,
    );
    const wrong = (what: string) => void faults.push(`${key} of ${province} in ${id} (${answer.as}): ${what}`);
    if (counts.some((count) => count > 1)) wrong(`in the chains ${counts.join(' and ')} times`);
    if (answer.as === 'step' && counts.some((count) => count !== 1))
      wrong(`in the chains ${counts.join(' and ')} times`);
    if (answer.as === 'refused' && counts.some((count) => count > 0)) wrong('refused, and yet in the chain');
    if (answer.as === 'ask' && home) askFaults(home, key, counts[0] ?? 0).forEach(wrong);
    if (answer.as === 'ask' && !home) wrong('the case is gone');
  }
  return faults;
};
/** An ask is answered once, or it is void and nothing of it is in the chain; a right stands in the chain unless the case had closed. */
const askFaults = ({ document, chain }: Replica, key: string, taken: number): string[] => {
  const own = document.asks.filter(({ ask }) => ask.stepkey === key);
  const answersTo = (ask: string) => chain.filter(({ event }) => event.data.ask?.ask === ask);
  const faults = own.flatMap(({ ask, status, sequence }) => {
    const answers = answersTo(ask.ask);
    if (status === 'open') return [`ask ${ask.ask} is open`];
    if (status === 'void') return answers.length === 0 ? [] : [`ask ${ask.ask} is void and answered`];
    if (answers.length !== 1 && !(ask.byright && status === 'taken' && taken === 1))
      return [`ask ${ask.ask} is ${status} and answered ${answers.length} times`];
    const refused = answers[0]?.event.type.includes('.refuse-ask.') === true;
    if (refused !== (status === 'refused')) return [`ask ${ask.ask} is ${status}, the chain says otherwise`];
    return sequence === null ? [`ask ${ask.ask} has no sequence`] : [];
  });
  const byRight = own.some(({ ask }) => ask.byright);
  // The document keeps the twenty latest that have ended.
  const ended = document.asks.filter(({ status }) => status !== 'open').length;
  if (own.length === 0 && taken !== 1 && ended < 20) faults.push('the ask is forgotten');
  if (byRight && taken !== 1 && document.head.turn !== null) faults.push('a step by right is not in the chain');
  if (byRight && own.some(({ status }) => status === 'refused')) faults.push('a step by right was refused');
  return faults;
};
