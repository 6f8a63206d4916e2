import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { anAnswer, aRequest, dataOf, otherOf, signIn, startBoth } from '../both-provinces';
import { Child } from '../processes/child';
import type { ProvinceAsked, Seen } from '../processes/province';
import { figure, inWords, percentile } from '../rounds';
import type { Line, Row } from '../row';

const P95_MILLISECONDS = 250;
/** What the design asks for. */
const ASKED = 500;
const RATES = [5, 10, 25, 50, 100, 200, 350, ASKED];
const SECONDS = 10;
const DRAINED_WITHIN_SECONDS = 90;

/**
 * Steps at a fixed rate in both directions, one process for each province. Each step has its planned instant, and is late from then on,
 * whether or not it could be sent: whoever waits for a slow server before sending the next measures only the quick ones.
 */
export const steady: Row = {
  name: 'steady',
  title: `the same at ${ASKED} steps/s, one process per province`,
  reference: 'none: p95 ≤ 250 ms, and nothing queued at the end',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    await (await startBoth(ground)).stop();
    const field = new Field();
    const provinces = new Map<string, Child<string>>();
    for (const province of ['sichuan', 'chongqing']) {
      const asked: ProvinceAsked = { ground, data: dataOf(ground), province, peer: otherOf(province) };
      const child = await Child.start<string>('province', asked, (told) => field.note(province, told['seen']));
      provinces.set(province, child);
      await field.open(province, child.ready);
    }
    const lines: Line[] = [];
    let held = 0;
    const tryOne = async (rate: number): Promise<boolean> => {
      const usage = () => Promise.all([...provinces.values()].map((child) => child.usage()));
      const before = await usage();
      const run = await field.run(rate, ground.quick ? 2 : SECONDS);
      const after = await usage();
      const cpu = after.reduce((sum, { cpu: used }, n) => sum + used - (before[n]?.cpu ?? 0), 0) / run.steps;
      const p95 = percentile(run.latencies, 0.95);
      const holds = p95 <= P95_MILLISECONDS && run.queued === 0 && run.lost === 0;
      if (holds) held = rate;
      lines.push({
        of: `p50 ${percentile(run.latencies, 0.5).toFixed(0)}, p95 ${p95.toFixed(0)} ms; ${run.queued} queued at the end, all there ${run.drained.toFixed(1)} s later`,
        size: `${inWords(rate)} steps/s for ${ground.quick ? 2 : SECONDS} s`,
        ours: figure([p95], 'ms'),
        aim: `p95 ≤ ${P95_MILLISECONDS} ms, 0 queued`,
        met: holds,
        cpu: { ours: cpu },
        memory: Math.max(...after.map(({ peak }) => peak)),
        ...(run.lost > 0 ? { note: `${run.lost} not seen within ${DRAINED_WITHIN_SECONDS} s` } : {}),
      });
      say(`steady: ${rate}/s: p95 ${p95.toFixed(0)} ms, ${run.queued} queued`);
      return holds;
    };
    // A service that has just begun has compiled nothing yet; what it does in its first seconds is not counted, as in other rows.
    for (let n = 0; n < (ground.quick ? 1 : 2); n++) await field.run(ground.quick ? 5 : 25, ground.quick ? 1 : SECONDS);
    let failed: number | undefined;
    for (const rate of ground.quick ? [5] : RATES) {
      if (await tryOne(rate)) continue;
      failed = rate;
      break;
    }
    // Nearer to the highest rate that holds.
    if (failed !== undefined && held > 0) await tryOne(Math.round((held + failed) / 2));
    field.close();
    for (const child of provinces.values()) await child.stop();
    return lines;
  },
};

interface Run {
  readonly steps: number;
  /** Milliseconds from the planned instant until the other province's lists showed it. */
  readonly latencies: readonly number[];
  /** Late by more than the aim when the last step had been sent. */
  readonly queued: number;
  readonly lost: number;
  /** Seconds from the last step until all were seen. */
  readonly drained: number;
}
const isSeen = (told: unknown): told is readonly Seen[] => Array.isArray(told);
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Both provinces as officers work in them, and what is seen where. */
class Field {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly desks = new Map<string, { readonly url: string; readonly token: string }>();
  /** By province, case and state: when its lists showed it so. */
  private readonly seen = new Map<string, number>();
  /** Cases that an officer of the province can answer. */
  private readonly toAnswer = new Map<string, string[]>([
    ['sichuan', []],
    ['chongqing', []],
  ]);

  async open(province: string, url: string): Promise<void> {
    const officer = await signIn(province, url);
    this.desks.set(province, { url, token: officer.token });
  }
  note(province: string, told: unknown): void {
    if (!isSeen(told)) return;
    for (const { case: id, side, state, at } of told) {
      const key = `${province} ${id} ${state}`;
      if (this.seen.has(key)) continue;
      this.seen.set(key, at);
      if (state === 'requested' && side === 'counterpart') this.toAnswer.get(province)?.push(id);
    }
  }
  close(): void {
    this.agent.destroy();
  }

  async run(rate: number, seconds: number): Promise<Run> {
    const steps = Math.round(rate * seconds);
    const planned = new Map<string, number>();
    const sent: Promise<void>[] = [];
    const begin = monotonic() + 100;
    for (let n = 0; n < steps; n++) {
      const at = begin + (n * 1000) / rate;
      while (monotonic() < at) await pause(Math.max(1, Math.floor(at - monotonic())));
      sent.push(this.take(n % 2 === 0 ? 'sichuan' : 'chongqing', at, planned));
    }
    const last = monotonic();
    await Promise.all(sent);
    const missing = () => [...planned.keys()].filter((key) => !this.seen.has(key));
    while (missing().length > 0 && monotonic() - last < DRAINED_WITHIN_SECONDS * 1000) await pause(10);
    const drained = (monotonic() - last) / 1000;
    const seen = [...planned].map(([key, at]) => ({ at, seen: this.seen.get(key) ?? Infinity }));
    return {
      steps,
      latencies: seen.map((each) => each.seen - each.at),
      queued: seen.filter((each) => each.at < last - P95_MILLISECONDS && each.seen > last).length,
      lost: missing().length,
      drained,
    };
  }

  /** Answers a case of the other province where one has come, else asks for one. */
  private async take(province: string, at: number, planned: Map<string, number>): Promise<void> {
    const other = otherOf(province);
    const waiting = this.toAnswer.get(province)?.shift();
    if (waiting !== undefined) {
      planned.set(`${other} ${waiting} answered`, at);
      await this.post(province, `/api/lawyer/trainee-request/${waiting}/answer`, anAnswer);
      return;
    }
    const { id } = await this.post(province, '/api/lawyer/trainee-request', aRequest(province));
    planned.set(`${other} ${id} requested`, at);
  }
  private post(province: string, path: string, value: object): Promise<{ readonly id: string }> {
    const { url = '', token = '' } = this.desks.get(province) ?? {};
    const body = JSON.stringify(value);
    return new Promise((resolve, reject) => {
      const asking = request(
        new URL(path, url),
        {
          method: 'POST',
          agent: this.agent,
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(body),
            'Idempotency-Key': randomUUID(),
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.once('error', reject).once('end', () => {
            if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(text) as { id: string });
            else reject(new Error(`${path}: ${answer.statusCode ?? ''} ${text.slice(0, 300)}`));
          });
        },
      );
      asking.once('error', reject).end(body);
    });
  }
}
