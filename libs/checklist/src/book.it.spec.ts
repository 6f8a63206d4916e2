import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type Database } from '@chuanyu/collections';
import { topics } from '@chuanyu/contracts';
import { newCase, type CaseDocument } from '@chuanyu/engine';
import { openSqliteLog, type EventLog } from '@chuanyu/event-log';
import { FixedClock } from '@chuanyu/reference';
import { casesOf, type CountsStatement } from '@chuanyu/service';
import { ChecklistBook } from './book';

let folder: string;
let database: Database;
let log: EventLog;
let book: ChecklistBook;
const clock = new FixedClock(Date.parse('2026-11-25T01:00:00.000Z'));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chuanyu-checklist-'));
  database = await openSqlite({ file: join(folder, 'cases.db') });
  log = await openSqliteLog({ file: join(folder, 'log.db'), clock });
  await log.declare([{ name: topics.counts }]);
  book = await ChecklistBook.open(database, await cases(), log);
});
afterEach(async () => {
  await log.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
const cases = () => database.collection<CaseDocument>(casesOf('coordination'));

const aCase = (id: string, workflow = 'coordination.project', sequence = 1): CaseDocument => {
  const made = newCase({
    id,
    workflow,
    domain: 'coordination',
    definition: 1,
    province: 'sichuan',
    peer: 'chongqing',
    side: 'origin',
    status: 'live',
    alias: 'alias',
    createdAt: clock.now(),
  });
  return {
    ...made,
    opening: {
      number: `川协项〔2026〕${id}号`,
      origin: { province: 'sichuan', unit: 'sc-liaison' },
      counterpart: { province: 'chongqing', unit: 'cq-liaison' },
      under: null,
      secrecy: 'none',
    },
    head: { ...made.head, sequence, state: 'active', turn: 'origin' },
    facts: {
      Project: { shared: { item: 'prison-3', list: 2026 }, private: { note: '内部' }, by: 'origin', sequence: 1 },
    },
  };
};
const stated = (province: string, domain: string, time: string, count: number): CountsStatement => ({
  province,
  domain,
  time,
  counts: [{ workflow: 'prison.release-handover', state: 'notified', month: '2026-11', count }],
});
const say = async (...statements: readonly CountsStatement[]) => {
  await log.append(
    statements.map((value) => ({ topic: topics.counts, key: `${value.province} ${value.domain}`, value })),
  );
  for (const statement of statements) await book.hear(statement);
};

describe('The book of the checklist', () => {
  it('keeps the latest statement of each province and domain; an earlier one that comes again changes nothing', async () => {
    const late = stated('sichuan', 'prison', '2026-11-25T02:00:00.000Z', 5);
    const early = stated('sichuan', 'prison', '2026-11-25T01:00:00.000Z', 9);
    await say(early, late, stated('chongqing', 'prison', '2026-11-24T00:00:00.000Z', 2));
    await book.hear(early);
    const { statements } = await book.all();
    expect(statements.map(({ province, counts }) => [province, counts[0]?.count])).toEqual([
      ['chongqing', 2],
      ['sichuan', 5],
    ]);
  });
  it('looks at a case as it is now, once per event of its chain, and keeps nothing private', async () => {
    const kept = await (await cases()).insert(aCase('1'));
    await book.look('1');
    await (await cases()).replace(aCase('1', 'coordination.project', 2), kept.version);
    await Promise.all([book.look('1'), book.look('1')]);
    const { entries } = await book.all();
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ sequence: 2, forms: { Project: { item: 'prison-3' } } });
    expect(JSON.stringify(entries)).not.toContain('内部');
    await book.look('2');
  });
  it('made again from nothing, is what it was: from the cases, and from the beginning of the topic', async () => {
    for (let n = 0; n < 30; n++)
      await (await cases()).insert(aCase(String(n), n % 3 === 0 ? 'coordination.milestone' : undefined));
    await (await cases()).insert(aCase('agreement', 'coordination.agreement'));
    for (let n = 0; n < 30; n++) await book.look(String(n));
    for (let n = 0; n < 600; n++)
      await say(
        stated(
          n % 2 === 0 ? 'sichuan' : 'chongqing',
          `domain-${n % 7}`,
          new Date(Date.parse('2026-11-25T01:00:00.000Z') + n).toISOString(),
          n,
        ),
      );
    const live = await book.all();
    expect([live.entries.length, live.statements.length]).toEqual([30, 14]);
    // What was wrong or foreign in it goes.
    const [first] = (await book.entries.find({ limit: 1 })).items;
    if (first) await book.entries.replace({ ...first.document, number: '错' }, first.version);
    await book.entries.insert({ ...live.entries[0], id: 'foreign' } as (typeof live.entries)[number]);
    expect(await book.rebuild()).toEqual({ entries: 30, statements: 600 });
    expect(await book.all()).toEqual(live);
  });
});
