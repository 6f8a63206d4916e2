import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { KafkaBroker } from '@chuanyu/testing/engines';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { recorder, until } from '../contract/harness';
import { LogUnavailable, Poison, type EventLog } from '../port';
import { clientOf } from './connection';
import { allow } from './index';
import { KafkaBench, noBrokerOfOurOwn } from './kafka.fixture';

jest.setTimeout(240_000);

describeOrSkip('two provinces, each with a secured Kafka', noBrokerOfOurOwn, () => {
  const border = 'sichuan.chongqing.prison';
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
    for (const broker of [sichuan, chongqing]) {
      await broker.start({ secure: true });
      await allow(broker.connection('admin'), [{ user: 'services', may: 'everything' }]);
    }
    await grantPeer();
  });
  afterAll(async () => {
    await Promise.all([sichuan?.kill(), chongqing?.kill()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    home = new KafkaBench(of(sichuan).connection());
    // What Chongqing's exchange holds of Sichuan's log: it reads there, and keeps its letters at home.
    peer = new KafkaBench(of(sichuan).connection('peer'));
    log = await home.open();
    await log.declare([{ name: border }, { name: 'prison.events' }]);
  });
  afterEach(() => Promise.all([home.end(), peer.end()]));

  const grantPeer = () =>
    allow(of(sichuan).connection('admin'), [
      { user: 'peer', may: 'read', topics: 'sichuan.chongqing.', groups: ['exchange.chongqing'] },
    ]);
  const subscribe = (at: EventLog, handle: ReturnType<typeof recorder>['handle']) =>
    at.subscribe({ group: 'exchange.chongqing', topics: [border], from: 'beginning', handle });
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
    const theirs = await peer.open({ archive: of(chongqing).connection() });
    const running = await subscribe(theirs, handle);
    await put(2);
    await running.drained();
    const before = seen.length;
    expect(before).toBeGreaterThan(0);
    expect(await theirs.deadLetters('exchange.chongqing')).not.toEqual([]);
    expect(await log.deadLetters('exchange.chongqing')).toEqual([]);
    isMended = true;
    await theirs.redrive('exchange.chongqing', 'a');
    await running.drained();
    expect(await theirs.deadLetters('exchange.chongqing')).toEqual([]);
  });

  test('a right that is taken away stops the reader, and it goes on by itself when it has it again', async () => {
    const { seen, handle } = recorder();
    const running = await subscribe(await peer.open({ archive: of(chongqing).connection() }), handle);
    await running.drained();
    const admin = clientOf(of(sichuan).connection('admin')).admin();
    await admin.connect();
    await admin.deleteAcls({
      filters: [
        {
          resourceType: AclResourceTypes.ANY,
          resourcePatternType: ResourcePatternTypes.ANY,
          principal: 'User:peer',
          operation: AclOperationTypes.ANY,
          permissionType: AclPermissionTypes.ANY,
        },
      ],
    });
    await until(() => peer.errors.length > 0, 'the fault is said', 60_000);
    await put(3);
    await grantPeer();
    await until(() => seen.includes('a 3'), 'it reads again', 60_000);
    await admin.disconnect();
  });

  test('a wrong password, and a certificate that nobody vouches for, are refused', async () => {
    const connection = of(sichuan).connection();
    const credentials = { user: 'services', password: 'guessed' };
    await expect(home.open({ connection: { ...connection, credentials } })).rejects.toThrow(LogUnavailable);
    await expect(home.open({ connection: { ...connection, tls: {} } })).rejects.toThrow(LogUnavailable);
  });
});
