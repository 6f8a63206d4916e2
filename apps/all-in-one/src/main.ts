import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { officersOfTwo } from '@chuanyu/access';
import {
  endOnSignal,
  enginesIn,
  Provinces,
  seedAccounts,
  seedAgreement,
  seedProjects,
  seedRegisters,
  takeFolder,
} from '@chuanyu/provinces';
import { twoProvinces } from '@chuanyu/reference';
import { welcome } from './welcome';

const SEED_AGAIN_AFTER = 5000;

/** Both provinces in one process: what `script/server` starts. */
const main = async (): Promise<void> => {
  const began = performance.now();
  const { values } = parseArgs({
    options: {
      reset: { type: 'boolean', default: false },
      data: { type: 'string' },
      engine: { type: 'string', default: 'embedded' },
      engines: { type: 'string', default: '.data/engines' },
      port: { type: 'string', default: '4100' },
      restored: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help)
    return console.log(
      'script/server [--reset] [--engine distributed] [--data <folder>] [--port <first port>] [--restored <province> …]\n' +
        '  --reset     begins afresh\n' +
        '  --engine    embedded (files, nothing to install), or distributed: on Kafka and MongoDB, which it starts\n' +
        '  --restored  declares that the database of a province was put back from a backup (docs/operations.md)',
    );
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_000) throw new Error('--port must be a number from 0 to 65000');
  if (values.engine !== 'embedded' && values.engine !== 'distributed')
    throw new Error('--engine must be embedded or distributed');
  // Each engine has keys and clocks of its own, as it has cases of its own.
  const data = resolve(values.data ?? (values.engine === 'embedded' ? '.data' : '.data/distributed'));
  takeFolder(data);
  if (values.reset)
    for (const { id } of twoProvinces.provinces) await rm(resolve(data, id), { recursive: true, force: true });
  const provinces = await Provinces.start({
    data,
    directory: twoProvinces,
    officers: officersOfTwo,
    ...(values.engine === 'distributed' ? { engine: enginesIn(values.engines) } : {}),
    ports: port === 0 ? {} : { sichuan: port, chongqing: port + 100 },
    development: true,
    restored: values.restored,
    // One line per request would bury what a person reads here.
    journal: (province) => pino({ base: { province } }, pino.destination(resolve(data, province, 'requests.log'))),
    onError: (where, error) =>
      console.error(`[${where}]`, error instanceof Error ? (error.stack ?? error.message) : error),
    onAlarm: (what) => console.error(`[alarm] ${what}`),
  });
  let ending = false;
  endOnSignal({
    journal: {
      info: () => {
        if (!ending) console.log('\n正在停止… stopping');
        ending = true;
      },
      error: (...said: readonly unknown[]) => console.error(...said),
    },
    parts: () => [{ name: 'provinces', end: () => provinces.stop(), waitsFor: () => provinces.ending }],
  });
  await Promise.all([...provinces.all.values()].map(seedAccounts));
  await seedAgreement(provinces);
  await seedRegisters(provinces);
  console.log(welcome(provinces, data, performance.now() - began));
  // A hundred steps of officers: done while people sign in, not before. What falls away meanwhile is waited for.
  let projects: number | undefined;
  while (projects === undefined && !ending)
    projects = await seedProjects(provinces).catch(async (error: unknown) => {
      if (ending) return undefined;
      console.error('[projects]', error instanceof Error ? error.message : error);
      await pause(SEED_AGAIN_AFTER);
      return undefined;
    });
  if (projects !== undefined && projects > 0)
    console.log(`\n合作清单 ${projects} 项已列入 ${projects} items of the cooperation list are projects now`);
};

main().catch((error: unknown) => {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (isTaken)
    console.error(
      '端口已被占用：可能已有一个服务在运行；可用 --port 换一个 The port is taken: is a server running already? --port chooses another.',
    );
  else console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
