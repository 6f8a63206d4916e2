import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BothProvinces } from '../../faults/process.fixture';
import { figure } from '../rounds';
import type { Line, Row } from '../row';

const SECONDS = 5;
const MEGABYTES = 400;
const root = join(__dirname, '../../../../..');
const run = promisify(execFile);

/** Both provinces with all their services in one process, as a developer starts them. */
export const start: Row = {
  name: 'start',
  title: 'script/server from a prepared checkout to the first page; resident memory',
  reference: 'none: ≤ 5 s, ≤ 400 MB',
  engines: ['embedded'],
  async measure(ground, say) {
    const first = await firstStarts(ground.folder, ground.quick ? 1 : 3, say);
    const { folder } = first;
    const seconds: number[] = [];
    const memory: number[] = [];
    const again = new BothProvinces(folder);
    for (let round = 0; round < ground.rounds; round++) {
      seconds.push(await firstPage(again));
      memory.push(resident(again));
      if (round < ground.rounds - 1) await again.stop();
    }
    const lines = [
      ...first.lines,
      line('a later start', 'to the first page', seconds, 's'),
      line('a later start', 'when it is up', memory, 'MB'),
    ];
    if (!ground.quick) {
      say('start: the demo');
      const [sichuan = '', chongqing = ''] = ['sichuan', 'chongqing'].map((id) => again.urls.get(id));
      await run(join(root, 'script/demo'), ['--sichuan', sichuan, '--chongqing', chongqing], { maxBuffer: 2 ** 26 });
      lines.push(line('a later start', 'after script/demo', [resident(again)], 'MB'));
    }
    await again.stop();
    return lines;
  },
};

async function firstStarts(folder: string, times: number, say: (line: string) => void) {
  const seconds: number[] = [];
  const up: number[] = [];
  const seeded: number[] = [];
  let last = folder;
  for (let n = 0; n < times; n++) {
    last = mkdtempSync(join(folder, 'data-'));
    const both = new BothProvinces(last);
    seconds.push(await firstPage(both));
    up.push(resident(both));
    await both.seeded;
    seeded.push(resident(both));
    await both.stop();
    say(`start: ${seconds.at(-1)?.toFixed(1) ?? ''} s, ${up.at(-1) ?? ''} MB, seeded ${seeded.at(-1) ?? ''} MB`);
  }
  const of = 'the first start, an empty folder';
  return {
    folder: last,
    lines: [
      line(of, 'to the first page', seconds, 's'),
      line(of, 'when it is up', up, 'MB'),
      line(of, 'when 46 projects are seeded', seeded, 'MB'),
    ],
  };
}

/** Seconds from the command until a page was read. */
async function firstPage(both: BothProvinces): Promise<number> {
  const began = performance.now();
  await both.start();
  const page = await fetch(new URL('/api/docs', both.urls.get('sichuan')));
  if (!page.ok) throw new Error(`the first page answers ${page.status}`);
  await page.text();
  return (performance.now() - began) / 1000;
}
/** MB of the process that hold real memory now. */
const resident = ({ pid }: BothProvinces): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
};
const line = (of: string, size: string, values: readonly number[], unit: 's' | 'MB'): Line => {
  const ours = figure(values, unit);
  const most = unit === 's' ? SECONDS : MEGABYTES;
  return { of, size, ours, aim: `≤ ${most} ${unit}`, met: ours.median <= most };
};
