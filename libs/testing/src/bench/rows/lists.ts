import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SEED_PASSWORD } from '@chuanyu/provinces';
import { granted, OfficerClient } from '../../client';
import { Random } from '../../simulation/random';
import { fill, type Filled } from '../archive';
import { Child } from '../processes/child';
import type { ProvinceAsked } from '../processes/province';
import { figure, inWords, percentile } from '../rounds';
import type { Ground, Line, Row } from '../row';

/** OpenCRVS's published bars: milliseconds at the median, for 95 and for 99 of a hundred. */
const BARS = [
  { part: 0.5, most: 50 },
  { part: 0.95, most: 150 },
  { part: 0.99, most: 300 },
] as const;
/** A million events in ten minutes. */
const REBUILD_MICROSECONDS = 600;
/** How much dearer an event may become from the first size to the last, and still count as flat. */
const FLAT = 1.5;
const SAY_EVERY_SECONDS = 60;

interface Size {
  readonly cases: number;
  readonly eventsOfACase: number;
}
interface Working {
  readonly province: Child<string>;
  readonly officer: OfficerClient;
  readonly operator: OfficerClient;
}
const sizesOf = ({ quick, load }: Ground): readonly Size[] => {
  if (load)
    return [100, 10, 1].map((part) => ({
      cases: Math.ceil(load.cases / part),
      eventsOfACase: load.events / load.cases,
    }));
  return (quick ? [250] : [1000, 4000, 16_000]).map((cases) => ({ cases, eventsOfACase: 10 }));
};

/** A province with many cases: its lists are read at leisure, and then while they are made from zero. */
export const lists: Row = {
  name: 'lists',
  title: 'list, search, open a case; rebuild all read models',
  reference: 'OpenCRVS’s published bars of 50, 150 and 300 ms; 1 M events in 10 minutes',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const data = ground.load?.folder ?? ground.folder;
    mkdirSync(join(data, 'chongqing'), { recursive: true });
    const lines: Line[] = [];
    const costs: number[] = [];
    for (const { cases, eventsOfACase } of sizesOf(ground)) {
      const filled = await fill(join(data, 'chongqing'), cases, eventsOfACase, say);
      // What is kept from another time may have more already: then only the largest size is measured.
      if (filled.cases > cases * 1.5) {
        say(`${inWords(cases)} cases: left out, ${inWords(filled.cases)} are there`);
        continue;
      }
      const size = `${inWords(filled.cases)} cases, ${inWords(filled.events)} events`;
      say(`filled: ${size}`);
      const asked: ProvinceAsked = { ground, data, province: 'chongqing' };
      const province = await Child.start<string>('province', asked);
      const officer = await OfficerClient.signIn(province.ready, 'cq.zhangmin', SEED_PASSWORD);
      const operator = await OfficerClient.signIn(province.ready, 'cq.shiwei', SEED_PASSWORD);
      for (const line of await readings(officer, ground.quick ? 10 : 200)) {
        say(`${line.of}: ${line.note ?? ''}`);
        lines.push({ ...line, size, memory: (await province.usage()).peak });
      }
      const rebuilt = await rebuild({ province, officer, operator }, filled, say);
      costs.push(rebuilt.cost);
      lines.push(rebuildLine(rebuilt, size, costs));
      say(`made anew: ${inWords(rebuilt.seconds)} s, ${rebuilt.cost.toFixed(0)} µs for each event`);
      await province.stop();
    }
    return lines;
  },
};

interface Rebuilt {
  readonly seconds: number;
  /** Microseconds for each event that the cases consist of. */
  readonly cost: number;
  /** The same of processor time. */
  readonly cpu: number;
  readonly memory: number;
  /** Milliseconds that these took meanwhile. */
  readonly listed: readonly number[];
  readonly opened: readonly number[];
}

/** Notes how many milliseconds the answer took. */
const timed = async <T>(into: number[], ask: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  const answer = await ask();
  into.push(performance.now() - began);
  return answer;
};

/** As an operator does it; officers read on, and open a case (which is noted before it is shown). */
async function rebuild(
  { province, operator, officer }: Working,
  { events }: Filled,
  say: (line: string) => void,
): Promise<Rebuilt> {
  const before = await province.usage();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  granted(await operator.post('/api/lists/rebuild', {}));
  const listed: number[] = [];
  const opened: number[] = [];
  for (let said = 0; ;) {
    const id = granted(await timed(listed, () => officer.list('cases', { limit: '20' }))).items[0]?.id;
    if (id !== undefined) granted(await timed(opened, () => officer.page({ workflow: 'prison.release-handover', id })));
    const { waitingFor } = granted(await operator.get<{ readonly waitingFor: unknown }>('/api/lists/rebuild'));
    if (waitingFor === null) break;
    if (seconds() - said > SAY_EVERY_SECONDS) {
      said = seconds();
      say(`${inWords(said)} s; ${meanwhile({ listed, opened })}`);
    }
    await pause(100);
  }
  const taken = seconds();
  const after = await province.usage();
  const [cost, cpu] = [(taken * 1e6) / events, (after.cpu - before.cpu) / events];
  return { seconds: taken, cost, cpu, memory: after.peak, listed, opened };
}
const meanwhile = ({ listed, opened }: Pick<Rebuilt, 'listed' | 'opened'>): string =>
  `p95 meanwhile: lists ${percentile(listed, 0.95).toFixed(0)} ms, opening a case ${percentile(opened, 0.95).toFixed(0)} ms`;
const rebuildLine = (rebuilt: Rebuilt, size: string, costs: readonly number[]): Line => {
  const { seconds, cost, cpu, memory } = rebuilt;
  const first = costs[0] ?? cost;
  return {
    of: `rebuild; ${meanwhile(rebuilt)}`,
    size,
    ours: { median: cost, least: cost, most: cost, unit: 'µs' },
    ...(costs.length > 1
      ? { ratio: { median: cost / first, least: cost / first, most: cost / first, unit: '×' } }
      : {}),
    aim: `≤ ${REBUILD_MICROSECONDS} µs an event, flat`,
    met: cost <= REBUILD_MICROSECONDS && cost / first <= FLAT,
    cpu: { ours: cpu },
    memory,
    note: `${seconds.toFixed(1)} s`,
  };
};

/** What officers do all day, one request after the other; by another name or case each time. */
async function readings(officer: OfficerClient, times: number): Promise<readonly Omit<Line, 'size'>[]> {
  const random = new Random(1);
  const known: { readonly id: string; readonly subject: string }[] = [];
  for (let after: string | null = ''; after !== null && known.length < 1000;) {
    const more: Record<string, string> = after === '' ? {} : { after };
    const page = granted(await officer.list('cases', more));
    known.push(...page.items.map(({ id, number }) => ({ id, subject: number ?? '' })));
    after = page.next;
  }
  const one = () => random.pick(known) ?? { id: '', subject: '' };
  const asks: Readonly<Record<string, () => Promise<unknown>>> = {
    'list: the newest cases of the unit, 20 a page': () => officer.list('cases', { limit: '20' }),
    'list: what is to do, by due date': () => officer.list('to-do', { limit: '20' }),
    'search by name': () => officer.list('cases', { limit: '20', q: random.pick(NAMES) ?? '' }),
    'search by number': () => officer.list('cases', { limit: '20', q: one().subject }),
    'open a case': () => officer.page({ workflow: 'prison.release-handover', id: one().id }),
  };
  const lines: Omit<Line, 'size'>[] = [];
  for (const [of, ask] of Object.entries(asks)) {
    const taken: number[] = [];
    for (let n = 0; n < times; n++) await timed(taken, ask);
    const at = BARS.map(({ part }) => percentile(taken, part));
    lines.push({
      of,
      ours: figure(taken, 'ms'),
      aim: `below ${BARS.map(({ most }) => most).join('/')} ms`,
      met: BARS.every(({ most }, n) => (at[n] ?? Infinity) < most),
      note: `p50/p95/p99 ${at.map((each) => each.toFixed(1)).join('/')} ms`,
    });
  }
  return lines;
}
/** Of the people who were made up: common and rare, whole and in part. */
const NAMES = ['蒲德福', '谯秀', '冉', '向明志', '覃光荣', '谭', '鲜云', '文思雨', '尧春'];
