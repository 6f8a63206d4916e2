import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { realTime, today } from '@chuanyu/reference';
import { KafkaBroker } from '../engines/kafka-broker';
import { MongoDbServer } from '../engines/mongodb-server';
import { noServersOfOurOwn } from '../engines/none.fixture';
import { OwnEngines } from '../engines/own';
import { Load } from '../faults/load.fixture';
import { allStandsOnce } from '../faults/oracle.fixture';
import { BothProvinces } from '../faults/process.fixture';
import { Random } from '../simulation/random';
import { describeOrSkip } from '../skip';
import { deadOf, telling, unfinishedIn } from './operator.fixture';

/** `script/soak` sets it: as long as it says, with faults as long as the design names them. */
const SOAK_MINUTES = Number(process.env['CHUANYU_SOAK_MINUTES'] ?? 0);
const isLong = SOAK_MINUTES > 0;
const seed = Number(process.env['CHUANYU_SOAK_SEED'] ?? Math.floor(Math.random() * 1e9));
/** Milliseconds within which what was said must have arrived: the longest fault, and several minutes more. */
const PATIENCE = isLong ? 900_000 : 300_000;
/** Between two faults, so that traffic flows again. */
const CALM = 3_000;

interface Fault {
  readonly name: string;
  /** Milliseconds, in a test of every day and in a long one. */
  readonly lasts: readonly [number, number];
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

describeOrSkip('two provinces on servers of their own, under load', noServersOfOurOwn, () => {
  let folder: string;
  let engines: OwnEngines;
  let both: BothProvinces;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chuanyu-faults-'));
    engines = await OwnEngines.start(join(folder, 'engines'));
    both = new BothProvinces(folder, ['--engine', 'distributed', '--engines', engines.folder]);
    await both.start();
  }, 300_000);
  afterAll(async () => {
    await both.kill();
    await engines.stop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  const unfinished = () => unfinishedIn(engines.folder, (province) => join(folder, province));
  const said = () => [...both.complaints.slice(-40), ...both.ends];
  const kafkaOf = (province: string) => new KafkaBroker(join(engines.folder, province, 'kafka'));
  const mongoDb = () => new MongoDbServer(join(engines.folder, 'sichuan', 'mongodb'));
  const away = (name: string, broker: () => KafkaBroker, lasts: Fault['lasts']): Fault => ({
    ...{ name, lasts },
    begin: () => broker().kill(),
    end: () => broker().start({ secure: true }),
  });
  const faults: readonly Fault[] = [
    away("Sichuan's Kafka is killed", () => kafkaOf('sichuan'), [5_000, 60_000]),
    away("Chongqing's Kafka is gone, and the border with it", () => kafkaOf('chongqing'), [10_000, 300_000]),
    {
      name: "Sichuan's MongoDB is killed",
      lasts: [2_000, 30_000],
      begin: () => mongoDb().kill(),
      end: () => mongoDb().start({ secure: true }),
    },
    {
      name: 'all services stand still for longer than a session',
      lasts: [12_000, 40_000],
      begin: async () => both.freeze(),
      end: async () => both.thaw(),
    },
    {
      name: 'all services are killed',
      lasts: [0, 0],
      begin: () => both.kill(),
      end: () => both.start(),
    },
  ];

  test(
    `whatever falls away, what was acknowledged stands exactly once on both sides (seed ${seed})`,
    () =>
      telling(said, unfinished, async () => {
        const load = new Load(both, today(realTime), `faults-${seed}`, PATIENCE);
        const working = load.work(4);
        let failed: unknown;
        working.catch((error: unknown) => (failed = error));
        const chance = new Random(seed);
        const end = performance.now() + SOAK_MINUTES * 60_000;
        const each = isLong ? endless(faults, chance, () => performance.now() < end) : faults;
        for (const fault of each) {
          if (failed !== undefined) break;
          await pause(CALM);
          if (isLong) process.stdout.write(`${fault.name}\n`);
          await fault.begin();
          await pause(fault.lasts[isLong ? 1 : 0]);
          await fault.end();
        }
        await pause(CALM);
        load.end();
        await working;
        // Traffic flowed between one fault and the next.
        expect(load.promised.length).toBeGreaterThan(faults.length);
        await allStandsOnce(load);
        expect(both.complaints.filter((line) => /unhandled/i.test(line))).toEqual([]);
        // An outage leaves nothing to an operator.
        expect(deadOf(await unfinished())).toEqual([]);
        expect(await both.stop()).toBe(0);
        if (isLong) process.stdout.write(`${load.cases.size} cases, ${load.promised.length} steps promised\n`);
      }),
    2 * PATIENCE + SOAK_MINUTES * 60_000 * 2,
  );
});

function* endless<T>(from: readonly T[], chance: Random, goesOn: () => boolean): Generator<T> {
  while (goesOn()) {
    const next = chance.pick(from);
    if (next !== undefined) yield next;
  }
}
