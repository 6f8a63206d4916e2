import { AuditLog, auditDefinition, type AuditBlock } from '@chuanyu/access';
import { openSqlite } from '@chuanyu/collections';
import type { LogRecord } from '@chuanyu/event-log';
import { FixedClock } from '@chuanyu/reference';
import { quarantineDefinition, QuarantineStore, type Quarantined } from './quarantine';

const record: LogRecord = {
  topic: 'chongqing.sichuan.prison',
  partition: 3,
  offset: 7,
  key: 'k',
  headers: { contentkey: 'x' },
  value: 'no JWE',
  time: '2026-11-23T01:00:00.000Z',
};

test('a record that is delivered again is one, alarmed and audited once; another at its place is another', async () => {
  const database = await openSqlite({ file: ':memory:' });
  const clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));
  const alarms: string[] = [];
  const audit = new AuditLog(await database.collection<AuditBlock>(auditDefinition), clock);
  const store = new QuarantineStore(
    await database.collection<Quarantined>(quarantineDefinition),
    () => clock.now(),
    (what) => alarms.push(what),
    audit,
  );
  await store.put('chongqing', record, 'tampered', '密文');
  await store.put('chongqing', record, 'tampered', '密文');
  expect(await store.all()).toMatchObject([{ code: 'tampered', position: 'chongqing.sichuan.prison/3/7' }]);
  expect(alarms).toHaveLength(1);
  // A log that was made anew counts from its beginning.
  await store.put('chongqing', { ...record, value: 'another' }, 'tampered', '密文');
  await store.put('guizhou', record, 'tampered', '密文');
  expect(await store.all()).toHaveLength(3);
  const rows = await audit.of('exchange');
  expect(rows.map(({ outcome, detail }) => [outcome, detail?.['peer'], detail?.['code']])).toEqual([
    ['refused', 'chongqing', 'tampered'],
    ['refused', 'chongqing', 'tampered'],
    ['refused', 'guizhou', 'tampered'],
  ]);
  await database.close();
});
