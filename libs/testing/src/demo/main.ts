import { parseArgs } from 'node:util';
import { SEED_PASSWORD } from '@chuanyu/provinces';
import { request } from '../client';
import { Day } from './day';
import { OwnProvinces } from './own';
import { workingDay } from './working-day';

const HELP = `script/demo [--sichuan <URL> --chongqing <URL>] [--own] [--engine distributed] [--seed <number>] [--only <chapter>]…

Tells a working day of both provinces over the public HTTP API, and checks it: against the server that script/server
started, or, where none answers or with --own, against its own in a fresh folder that is removed at the end.
--engine distributed: its own, on Kafka and MongoDB (secured, one of each for each province), which it starts and stops.`;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    sichuan: { type: 'string', default: 'http://127.0.0.1:4100' },
    chongqing: { type: 'string', default: 'http://127.0.0.1:4200' },
    own: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'embedded' },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

/** A server for development answers here: only there may the clock be moved and the border be cut. */
const answers = async (url: string): Promise<boolean> => {
  try {
    return (await request(url, 'GET', '/dev/state')).ok;
  } catch {
    return false;
  }
};

const main = async (): Promise<boolean> => {
  if (values.help) {
    say(HELP);
    return true;
  }
  const began = performance.now();
  const { sichuan, chongqing, engine } = values;
  if (engine !== 'embedded' && engine !== 'distributed') throw new Error('--engine must be embedded or distributed');
  const named = process.argv.some((word) => /^--(sichuan|chongqing)\b/.test(word));
  const alone = values.own || engine === 'distributed';
  const there = !alone && (await answers(sichuan)) && (await answers(chongqing));
  if (named && !there && !alone) {
    process.stderr.write(`script/demo: no server for development answers at ${sichuan} and ${chongqing}\n`);
    return false;
  }
  const starting = there ? Promise.resolve(undefined) : OwnProvinces.start({ projects: true, engine });
  const leave = () => void starting.then((started) => started?.stop()).finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  const own = await starting;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error('--seed must be a whole number');
  const urls = own?.urls ?? { sichuan, chongqing };
  say(`川渝两地的一个工作日　A working day of both provinces　--seed ${seed}`);
  say(`  四川 ${urls.sichuan ?? ''}　重庆 ${urls.chongqing ?? ''}${own ? '（自带临时服务 its own server）' : ''}`);
  const day = new Day({ urls, password: SEED_PASSWORD, seed, say, ...(own ? { inside: own } : {}) });
  try {
    await workingDay(day, values.only);
  } finally {
    await own?.stop();
  }
  for (const alarm of own?.alarms ?? []) say(`  alarm: ${alarm}`);
  for (const error of own?.errors ?? []) day.check('服务内部没有出错 nothing went wrong inside', false, error);
  if (day.failures.length > 0) say(`\n未通过 failed:\n${day.failures.map((failure) => `  ✗ ${failure}`).join('\n')}`);
  say(`\n${((performance.now() - began) / 1000).toFixed(1)} s`);
  say(`demo: ${day.passed} checks passed, ${day.failures.length} failed`);
  return day.failures.length === 0 && day.passed > 0;
};

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
