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

interface Size {
  readonly cases: number;
  readonly eventsOfACase: number;
}
const sizesOf = ({ quick, load }: Ground): readonly Size[] => {
  if (load)
    return [100, 10, 1].map((part) => ({
      cases: Math.ceil(load.cases / part),
      eventsOfACase: load.events / load.cases,
    }));
  return (quick ? [250] : [1000, 4000, 16_000]).map((cases) => ({ cases, eventsOfACase: 10 }));
};

/** A province with many cases: its lists are made from zero while they are read, and then read at leisure. */
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
      // Those that come into use are there already: a rebuild puts new ones beside them.
      await rebuild(province, operator, officer, filled);
      const rebuilt = await rebuild(province, operator, officer, filled);
      costs.push(rebuilt.cost);
      lines.push(rebuildLine(rebuilt, size, costs));
      say(`rebuilt: ${rebuilt.seconds.toFixed(1)} s, ${rebuilt.cost.toFixed(0)} µs for each event`);
      for (const line of await readings(officer, ground.quick ? 10 : 200))
        lines.push({ ...line, size, memory: (await province.usage()).peak });
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
  /** Milliseconds that lists took meanwhile. */
  readonly meanwhile: readonly number[];
}

/** As an operator does it; officers read on. */
async function rebuild(
  province: Child<string>,
  operator: OfficerClient,
  officer: OfficerClient,
  { events }: Filled,
): Promise<Rebuilt> {
  const before = await province.usage();
  const began = performance.now();
  granted(await operator.post('/api/lists/rebuild', {}));
  const meanwhile: number[] = [];
  for (;;) {
    const asked = performance.now();
    granted(await officer.list('cases', { limit: '20' }));
    meanwhile.push(performance.now() - asked);
    const { waitingFor } = granted(await operator.get<{ readonly waitingFor: unknown }>('/api/lists/rebuild'));
    if (waitingFor === null) break;
    await pause(100);
  }
  const seconds = (performance.now() - began) / 1000;
  const after = await province.usage();
  return {
    seconds,
    cost: (seconds * 1e6) / events,
    cpu: (after.cpu - before.cpu) / events,
    memory: after.peak,
    meanwhile,
  };
}
const rebuildLine = (
  { seconds, cost, cpu, memory, meanwhile }: Rebuilt,
  size: string,
  costs: readonly number[],
): Line => {
  const first = costs[0] ?? cost;
  return {
    of: `rebuild; lists meanwhile p95 ${percentile(meanwhile, 0.95).toFixed(0)} ms`,
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
    for (let n = 0; n < times; n++) {
      const began = performance.now();
      await ask();
      taken.push(performance.now() - began);
    }
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
