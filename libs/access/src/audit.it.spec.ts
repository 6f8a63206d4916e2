import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Database, openSqlite, Unavailable } from '@chuanyu/collections';
import { FixedClock } from '@chuanyu/reference';
import { type AuditBlock, AuditLog, auditDefinition } from './audit';
import { type AuditEntry, type AuditRow, EMPTY_HEAD, verifyAudit } from './audit-chain';

let folder: string;
const open: Database[] = [];
const clock = new FixedClock(Date.parse('2026-11-22T02:00:00.000Z'));
const entry: AuditEntry = { who: 'sc.zhouwei', act: 'read-case', case: 'c1', outcome: 'done' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  rmSync(folder, { recursive: true });
});

/** As another process would: its own connection to the same file. */
const blocks = async (): Promise<Collection<AuditBlock>> => {
  const database = await openSqlite({ file: join(folder, 'audit.db'), durability: 'normal' });
  open.push(database);
  return database.collection<AuditBlock>(auditDefinition);
};
const all = async (log: AuditLog) => {
  const rows: AuditRow[] = [];
  for await (const row of log.rows()) rows.push(row);
  return rows;
};

describe('the audit log', () => {
  it('is empty at first', async () => {
    const log = new AuditLog(await blocks(), clock);
    expect(await log.head()).toEqual(EMPTY_HEAD);
    expect(await all(log)).toEqual([]);
  });
  it('keeps rows in the order of the calls, and goes on after a restart', async () => {
    const kept = await blocks();
    const before = new AuditLog(kept, clock);
    const appended = await Promise.all(
      Array.from({ length: 450 }, (_, i) => before.append({ ...entry, detail: { i } })),
    );
    expect(appended.map(({ n }) => n)).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
    const after = new AuditLog(await blocks(), clock);
    await after.append(entry);
    const rows = await all(after);
    expect(rows.slice(0, 450)).toEqual(appended);
    expect(await verifyAudit(after.rows(), [await before.head()])).toEqual({ sound: true, head: await after.head() });
    expect((await after.head()).n).toBe(451);
  });
  it('saves waiting rows together', async () => {
    const kept = await blocks();
    const insert = jest.spyOn(kept, 'insert');
    const log = new AuditLog(kept, clock);
    await Promise.all(Array.from({ length: 100 }, () => log.append(entry)));
    expect(insert.mock.calls.length).toBeLessThanOrEqual(2);
  });
  it('stays one chain when several processes append at once', async () => {
    const logs = await Promise.all([1, 2, 3].map(async () => new AuditLog(await blocks(), clock)));
    const rounds = Array.from({ length: 20 }, (_, round) => round);
    const appended: AuditRow[] = [];
    await Promise.all(
      logs.map(async (log, i) => {
        for (const round of rounds) {
          appended.push(...(await Promise.all([log.append({ ...entry, detail: { i, round } }), log.append(entry)])));
        }
      }),
    );
    const [log] = logs;
    if (log === undefined) throw new Error('no log');
    expect((await verifyAudit(log.rows())).sound).toBe(true);
    const byNumber = (a: AuditRow, b: AuditRow) => a.n - b.n;
    expect(await all(log)).toEqual(appended.sort(byNumber));
    expect(appended).toHaveLength(120);
  });
  it('finds what was done with a case, and by whom', async () => {
    const log = new AuditLog(await blocks(), clock);
    await Promise.all([
      log.append(entry),
      log.append({ ...entry, case: 'c2' }),
      log.append({ ...entry, who: 'sc.liuyang' }),
    ]);
    await log.append({ who: 'sc.zhouwei', act: 'sign-in', outcome: 'refused' });
    expect((await log.ofCase('c1')).map(({ n }) => n)).toEqual([1, 3]);
    expect((await log.of('sc.zhouwei')).map(({ n }) => n)).toEqual([1, 2, 4]);
    expect(await log.ofCase('c3')).toEqual([]);
  });
  it('refuses a person’s data and stays as it was', async () => {
    const log = new AuditLog(await blocks(), clock);
    await expect(log.append({ ...entry, who: '周伟' })).rejects.toThrow('who: must be an id');
    expect(await log.head()).toEqual(EMPTY_HEAD);
  });
  it('fails those who waited when the store does, and works again with it', async () => {
    const kept = await blocks();
    const log = new AuditLog(kept, clock);
    await log.append(entry);
    const insert = jest.spyOn(kept, 'insert').mockRejectedValueOnce(new Unavailable('disk full'));
    await expect(log.append(entry)).rejects.toThrow(Unavailable);
    insert.mockRestore();
    expect((await log.append(entry)).n).toBe(2);
    expect((await verifyAudit(log.rows())).sound).toBe(true);
  });
  it('shows what was done to its file behind its back', async () => {
    const kept = await blocks();
    const log = new AuditLog(kept, clock);
    for (let i = 0; i < 5; i++) await log.append(entry);
    const head = await log.head();
    const third = await kept.get('000000000003');
    if (third === undefined) throw new Error('no third row');
    const [row] = third.document.rows;
    if (row === undefined) throw new Error('no row');
    const altered = await kept.replace({ ...third.document, rows: [{ ...row, outcome: 'refused' }] }, third.version);
    expect(await verifyAudit(log.rows())).toEqual({ sound: false, n: 3, flaw: 'altered' });
    await kept.remove('000000000003', altered.version);
    expect(await verifyAudit(log.rows())).toEqual({ sound: false, n: 3, flaw: 'deleted' });
    for (const n of [4, 5]) {
      const last = await kept.get(`00000000000${n}`);
      if (last) await kept.remove(last.document.id, last.version);
    }
    expect((await verifyAudit(log.rows())).sound).toBe(true);
    expect(await verifyAudit(log.rows(), [head])).toEqual({ sound: false, n: 3, flaw: 'cut' });
  });
});
