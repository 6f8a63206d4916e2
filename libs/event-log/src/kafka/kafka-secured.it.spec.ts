import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaBroker } from '@chuanyu/testing/engines';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { recorder, until } from '../contract/harness';
import { LogUnavailable, Poison, type EventLog } from '../port';
import { allow, NotPrepared, prepareCluster } from './index';
import { KafkaBench, noBrokerOfOurOwn } from './kafka.fixture';

jest.setTimeout(240_000);

describeOrSkip('two provinces, each with a secured Kafka', noBrokerOfOurOwn, () => {
  const border = 'sichuan.chongqing.prison';
  const group = 'exchange.chongqing';
  let folder: string;
  let [sichuan, chongqing]: readonly KafkaBroker[] = [];
  const of = (broker: KafkaBroker | undefined): KafkaBroker => {
    if (!broker) throw new Error('no broker');
    return broker;
  };
  let home: KafkaBench;
  let peer: KafkaBench;
  let log: EventLog;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafka-'));
    sichuan = new KafkaBroker(join(folder, 'sichuan'));
    chongqing = new KafkaBroker(join(folder, 'chongqing'));
    for (const broker of [sichuan, chongqing])
      await broker.start({ secure: true, users: ['prison', 'exchange', 'exchange.chongqing'] });
    await grantPeer();
    const kept = `${group}.dead-letters`;
    await prepareCluster(chongqing.connection(), {
      topics: [],
      tables: [kept],
      grants: [{ user: 'exchange', writes: [kept], reads: [kept], groups: [] }],
    });
  });
  afterAll(async () => {
    await Promise.all([sichuan?.kill(), chongqing?.kill()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    home = new KafkaBench(of(sichuan).connection());
    // What Chongqing's exchange holds of Sichuan's log: it reads there, and keeps its letters at home.
    peer = new KafkaBench(of(sichuan).connection('exchange.chongqing'));
    log = await home.open();
    await log.declare([{ name: border }, { name: 'prison.events' }]);
  });
  afterEach(() => Promise.all([home.end(), peer.end()]));

  const grantPeer = (reads = [border]) =>
    allow(of(sichuan).connection(), [
      { user: 'exchange.chongqing', writes: [], reads, groups: reads.length > 0 ? [group] : [] },
    ]);
  const ofExchange = () => of(chongqing).connection('exchange');
  const subscribe = (at: EventLog, handle: ReturnType<typeof recorder>['handle']) =>
    at.subscribe({ group, topics: [border], from: 'beginning', handle });
  const put = (value: number) => log.append([{ topic: border, key: 'a', value }]);

  test('the peer reads the topics of the border, and nothing else', async () => {
    await put(1);
    const theirs = await peer.open();
    expect((await theirs.read(border, { limit: 9 })).records.map(({ value }) => value)).toEqual([1]);
    expect(await theirs.generation()).toBe(await log.generation());
    await expect(theirs.read('prison.events', { limit: 9 })).rejects.toThrow();
    await expect(theirs.append([{ topic: border, key: 'a', value: 2 }])).rejects.toThrow(LogUnavailable);
    await expect(theirs.declare([{ name: 'sichuan.chongqing.more' }])).rejects.toThrow();
    await expect(
      theirs.subscribe({ group: 'prison.service', topics: [border], from: 'beginning', handle: async () => undefined }),
    ).rejects.toThrow(LogUnavailable);
  });

  test('what the peer cannot handle lies in its own cluster', async () => {
    let isMended = false;
    const { seen, handle } = recorder(() => {
      if (!isMended) throw new Poison('broken');
    });
    const theirs = await peer.open({ archive: ofExchange() });
    const running = await subscribe(theirs, handle);
    await put(2);
    await running.drained();
    const before = seen.length;
    expect(before).toBeGreaterThan(0);
    expect(await theirs.deadLetters(group)).not.toEqual([]);
    expect(await log.deadLetters(group)).toEqual([]);
    isMended = true;
    await theirs.redrive(group, 'a');
    await running.drained();
    expect(await theirs.deadLetters(group)).toEqual([]);
  });

  test('a right that is taken away stops the reader, and it goes on by itself when it has it again', async () => {
    const { seen, handle } = recorder();
    const running = await subscribe(await peer.open({ archive: ofExchange() }), handle);
    await running.drained();
    await grantPeer([]);
    await until(() => peer.errors.length > 0, 'the fault is said', 60_000);
    await put(3);
    await grantPeer();
    await until(() => seen.includes('a 3'), 'it reads again', 60_000);
  });

  test('a service declares what was prepared for it, and makes nothing', async () => {
    const wanted = {
      topics: [{ name: 'prison.beat', partitions: 1 }, { name: border }],
      tables: ['prison.service.dead-letters'],
      grants: [{ user: 'prison', writes: ['prison.beat'], reads: ['prison.beat'], groups: ['prison.service'] }],
    };
    const operator = of(sichuan).connection();
    const first = await prepareCluster(operator, wanted);
    expect(first.created).toEqual(['prison.beat', 'prison.service.dead-letters']);
    const prison = await home.open({ connection: of(sichuan).connection('prison') });
    await prison.declare([{ name: 'prison.beat', partitions: 1, retentionDays: 7 }]);
    await prison.append([{ topic: 'prison.beat', key: 'beat', value: 1 }]);
    expect((await prison.read('prison.beat', { limit: 9 })).records).toHaveLength(1);
    // A topic that is there and not its own is as good as none.
    await expect(prison.declare([{ name: border }, { name: 'prison.more' }])).rejects.toThrow(NotPrepared);
    await expect(prison.declare([{ name: 'prison.more' }])).rejects.toThrow(/lacks prison\.more, .*run prepare first/);
    // Its retention is as it was prepared, whatever the service thinks.
    const again = await prepareCluster(operator, wanted);
    expect(again).toEqual({ created: [], changed: [], allowed: { rules: 3, added: 0, removed: 0 } });
    const less = await prepareCluster(operator, { ...wanted, grants: [], isOurs: (user) => user === 'prison' });
    expect(less.allowed).toEqual({ rules: 0, added: 0, removed: 3 });
    await expect(prison.append([{ topic: 'prison.beat', key: 'beat', value: 2 }])).rejects.toThrow(LogUnavailable);
    // Rules of users that nobody named stay.
    expect((await (await peer.open()).read(border, { limit: 1 })).next).toBeDefined();
  });

  test('a wrong password, and a certificate that nobody vouches for, are refused', async () => {
    const connection = of(sichuan).connection();
    const credentials = { user: 'prison', password: 'guessed' };
    await expect(home.open({ connection: { ...connection, credentials } })).rejects.toThrow(LogUnavailable);
    await expect(home.open({ connection: { ...connection, tls: {} } })).rejects.toThrow(LogUnavailable);
  });
});
