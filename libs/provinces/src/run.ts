import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { officersOfTwo, verifyingKeys } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import type { EventLog } from '@chuanyu/event-log';
import { ExchangeService } from '@chuanyu/exchange';
import { GatewayService } from '@chuanyu/gateway';
import { Calendar, MovableClock, publishedCalendar, readCalendar, realTime, twoProvinces } from '@chuanyu/reference';
import { DomainService, Files, readSettings, type Operations, type Province, type Settings } from '@chuanyu/service';
import { workflows } from '@chuanyu/workflows';
import { peculiarTo } from './domains';
import { endOnSignal } from './ending';
import { engineOf, type Engine } from './engine';
import { ProvinceFiles } from './province-files';

/** Structured lines on standard output, without personal data. */
const journal = pino();

/** One process of one service, as its environment says; ends cleanly on SIGTERM and SIGINT. */
interface Running {
  stop(): Promise<void>;
  readonly url: string;
  readonly operations: Operations;
}
interface Ground {
  readonly settings: Settings;
  readonly province: Province;
  readonly files: ProvinceFiles;
  readonly engine: Engine;
  readonly close: (() => Promise<void>)[];
}

const run = async (name: string, start: (ground: Ground) => Promise<Running>): Promise<void> => {
  try {
    const settings = readSettings();
    const ground = await groundOf(settings);
    const service = await start(ground);
    const { url, operations } = service;
    journal.info({ service: name, province: settings.province, url, operations: operations.url }, 'started');
    endOnSignal({
      journal,
      parts: () => [
        { name: 'readiness', end: () => drained(service, settings.drainSeconds) },
        { name, end: () => service.stop(), waitsFor: () => operations.ending },
        ...ground.close.map((close, nth) => ({ name: `ground ${nth}`, end: close })),
      ],
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    // At once: what it had opened by then would keep it alive, and nobody would start it again.
    process.exit(1);
  }
};

/** Not ready any more, while it still listens: whoever sends people here has the time to hear of it. */
const drained = async ({ operations }: Running, seconds: number): Promise<void> => {
  operations.readiness.end();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
};

const groundOf = async (settings: Settings): Promise<Ground> => {
  const files = new ProvinceFiles(settings.data);
  await files.prepare();
  const clock = new MovableClock(await files.clockOffset());
  const engine = engineOf(settings.engine, files, settings.peers);
  const onError = (where: string, error: unknown): void =>
    journal.error({ where, error: error instanceof Error ? error.message : String(error) });
  const log = await engine.openLog(clock, (error) => onError('log', error));
  const calendar =
    settings.calendar === undefined
      ? publishedCalendar
      : new Calendar(readCalendar(JSON.parse(await readFile(settings.calendar, 'utf8'))));
  const province: Province = {
    id: settings.province,
    directory: twoProvinces,
    officers: officersOfTwo,
    log,
    clock,
    realTime,
    calendar,
    tokenKeys: verifyingKeys(await files.tokenKey()),
    journal,
    onError,
  };
  return { settings, province, files, engine, close: [() => log.close()] };
};
const operationsOf = ({ operations }: Settings) => (operations ? { operations } : {});
/** For the operator, beside the errors. */
const onAlarm = (what: string): void => journal.warn({ alarm: what });
/** What all services of the province share beside the database; the exchange too. */
const sharedFilesOf = async (ground: Ground, database: Database): Promise<Files> => {
  const { settings, province, engine, close } = ground;
  const store = await engine.openFiles(settings.files);
  close.push(() => store.close());
  return Files.open(database, province.clock, { store, limit: settings.attachmentLimit });
};
const databaseOf = async ({ engine, close }: Ground) => {
  const database = await engine.openDatabase();
  close.push(() => database.close());
  return database;
};

/** The service of one domain. */
export const runDomain = (domain: string): Promise<void> =>
  run(domain, async (ground) => {
    const { settings, province, files } = ground;
    const pairing = await files.pairing(settings.pairing);
    const peers = pairing?.peers.map((peer) => peer.province) ?? [];
    const database = await databaseOf(ground);
    const service = await DomainService.create({
      province,
      database,
      files: await sharedFilesOf(ground, database),
      domain,
      workflows,
      peers,
      restored: settings.restored,
      publicUrl: () => settings.publicUrl,
      host: settings.host,
      port: settings.port,
      ...operationsOf(settings),
      onAlarm,
      ...peculiarTo(domain),
    });
    return service.start();
  });

/** The one service that crosses the border. Each peer's log is at the address in the pairing file. */
export const runExchange = (): Promise<void> =>
  run('exchange', async (ground) => {
    const { settings, province, files, engine, close } = ground;
    const pairing = await files.pairing(settings.pairing);
    if (!pairing) throw new Error(`${settings.pairing} is missing: pair the provinces first (docs/operations.md)`);
    const peers: Record<string, EventLog> = {};
    for (const peer of pairing.peers) {
      const log = await engine.openPeerLog(peer, province.clock, (error) =>
        province.onError(`log of ${peer.province}`, error),
      );
      close.push(() => log.close());
      peers[peer.province] = log;
    }
    const keyring = await files.keyring(province.clock);
    const database = await databaseOf(ground);
    const service = await ExchangeService.create({
      province,
      database,
      files: await sharedFilesOf(ground, database),
      workflows,
      keyring,
      pairing,
      reread: async () => ({
        keyring: await files.keyring(province.clock),
        pairing: await files.pairing(settings.pairing),
      }),
      peers,
      host: settings.host,
      port: settings.port,
      ...operationsOf(settings),
      onAlarm,
    });
    return service.start();
  });

/** The gateway, before the services named in `CHUANYU_SERVICES`. */
export const runGateway = (): Promise<void> =>
  run('gateway', async (ground) => {
    const { settings, province, files } = ground;
    const pairing = await files.pairing(settings.pairing);
    const service = await GatewayService.create({
      province,
      database: await databaseOf(ground),
      workflows,
      host: settings.host,
      port: settings.port,
      ...operationsOf(settings),
      serviceOf: (domain) => settings.services[domain],
      ...(settings.addressHeader === undefined ? {} : { addressHeader: settings.addressHeader }),
      signingKey: await files.tokenKey(),
      limits: { attachment: settings.attachmentLimit },
      peers: pairing?.peers.map((peer) => peer.province) ?? [],
    });
    await service.start();
    return service;
  });
