import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realTime, today } from '@chuanyu/reference';
import { noServersOfOurOwn } from '../engines/none.fixture';
import { OwnEngines } from '../engines/own';
import { Load } from '../faults/load.fixture';
import { allStandsOnce } from '../faults/oracle.fixture';
import { describeOrSkip } from '../skip';
import { deadOf, telling, unfinishedIn } from './operator.fixture';
import { ServicesApart } from './services-apart.fixture';

describeOrSkip('each service in a process of its own, with a user and a folder of its own', noServersOfOurOwn, () => {
  let folder: string;
  let engines: OwnEngines;
  let services: ServicesApart;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chuanyu-processes-'));
    engines = await OwnEngines.start(join(folder, 'engines'));
    services = new ServicesApart(join(folder, 'data'), engines.folder);
    await services.start();
  }, 600_000);
  afterAll(async () => {
    await services.stop();
    await engines.stop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  const said = () => services.complaints.slice(-40);
  const unfinished = () => unfinishedIn(engines.folder, (province) => join(folder, 'data', province, 'exchange'));

  test(
    'cases of both provinces cross and come back, and nobody lacks a right',
    () =>
      telling(said, unfinished, async () => {
        const load = new Load(services, today(realTime), 'processes', 240_000);
        const working = load.work(4);
        // Each officer carries one case through.
        load.end();
        await working;
        await allStandsOnce(load);
        expect(load.cases.size).toBe(4);
        expect(services.complaints.filter((line) => /authoriz|run prepare|unhandled/i.test(line))).toEqual([]);
        expect(deadOf(await unfinished())).toEqual([]);
        const ended = await services.stop();
        expect(ended.filter((each) => !each.endsWith(' 0'))).toEqual([]);
        expect(ended.length).toBeGreaterThan(10);
      }),
    600_000,
  );
});
