import { canonical, sha256 } from '@chuanyu/contracts';
import { InvalidData } from '@chuanyu/reference';
import { type AuditEntry, type AuditRow, EMPTY_HEAD, GENESIS, chain, verifyAudit } from './audit-chain';
import { checkAuditEntry } from './audit-entry';

const entry: AuditEntry = {
  who: 'sc.zhouwei',
  unit: 'sc-chengdu-prison',
  act: 'read-case',
  case: 'c1',
  purpose: '核实释放日期',
  outcome: 'done',
};
const TIME = '2026-11-22T02:00:00.000Z';
const chained = (count: number): AuditRow[] => {
  const rows: AuditRow[] = [];
  for (let i = 0; i < count; i++) rows.push(chain({ ...entry, case: `c${i}` }, TIME, rows.at(-1) ?? EMPTY_HEAD));
  return rows;
};
const without = (rows: AuditRow[], n: number) => rows.filter((row) => row.n !== n);
const withHash = ({ hash: _, ...row }: AuditRow): AuditRow => ({ ...row, hash: sha256(canonical(row)) });
const changed = (rows: AuditRow[], n: number, change: Partial<AuditRow>) =>
  rows.map((row) => (row.n === n ? { ...row, ...change } : row));
const swapped = (rows: AuditRow[], i: number, j: number) =>
  rows.map((row, k) => (k === i ? rows[j] : k === j ? rows[i] : row) ?? row);

describe('a chain of audit rows', () => {
  it('begins at one, from nothing, and names the row before', () => {
    const [first, second] = chained(2);
    expect(first).toMatchObject({ n: 1, previous: GENESIS, time: TIME });
    expect(second).toMatchObject({ n: 2, previous: first?.hash });
    expect(first?.hash).toBe(
      sha256(
        '{"act":"read-case","case":"c0","n":1,"outcome":"done","previous":"' +
          GENESIS +
          '","purpose":"核实释放日期","time":"' +
          TIME +
          '","unit":"sc-chengdu-prison","who":"sc.zhouwei"}',
      ),
    );
  });
  it('is sound, empty too, and in the order of no key', async () => {
    const rows = chained(5);
    expect(await verifyAudit(rows)).toEqual({ sound: true, head: { n: 5, hash: rows[4]?.hash } });
    expect(await verifyAudit([])).toEqual({ sound: true, head: EMPTY_HEAD });
    const shuffled = rows.map(
      (row) => ({ hash: row.hash, ...Object.fromEntries(Object.entries(row).reverse()) }) as AuditRow,
    );
    expect((await verifyAudit(shuffled)).sound).toBe(true);
  });
  test.each<[string, (rows: AuditRow[]) => AuditRow[], number, string]>([
    ['altered', (rows) => changed(rows, 3, { who: 'sc.liuyang' }), 3, 'altered'],
    ['given a field more', (rows) => changed(rows, 3, { workflow: 'x' }), 3, 'altered'],
    ['given another time', (rows) => changed(rows, 1, { time: '2026-11-22T02:00:00.001Z' }), 1, 'altered'],
    [
      'altered, its hash made to fit',
      (rows) => rows.map((row) => (row.n === 3 ? withHash({ ...row, who: 'sc.liuyang' }) : row)),
      4,
      'unlinked',
    ],
    ['deleted', (rows) => without(rows, 3), 3, 'deleted'],
    ['deleted, being the first', (rows) => without(rows, 1), 1, 'deleted'],
    [
      'deleted, those after renumbered',
      (rows) => without(rows, 3).map((row) => (row.n > 3 ? withHash({ ...row, n: row.n - 1 }) : row)),
      3,
      'unlinked',
    ],
    ['swapped with its neighbour', (rows) => swapped(rows, 2, 3), 3, 'reordered'],
    ['moved to the end', (rows) => [...without(rows, 2), ...rows.slice(1, 2)], 2, 'reordered'],
    ['there twice', (rows) => [...rows.slice(0, 3), ...rows.slice(2)], 3, 'reordered'],
    [
      'not a row of ours at all',
      (rows) => [...rows.slice(0, 2), withHash({ ...entry, n: 3, time: TIME, previous: GENESIS, hash: '' })],
      3,
      'unlinked',
    ],
  ])('shows a row %s', async (_, tamper, n, flaw) => {
    expect(await verifyAudit(tamper(chained(6)))).toEqual({ sound: false, n, flaw });
  });
  it('shows a cut tail only by a head that was stated', async () => {
    const rows = chained(6);
    const head = { n: 5, hash: rows[4]?.hash ?? '' };
    expect((await verifyAudit(rows.slice(0, 4))).sound).toBe(true);
    expect(await verifyAudit(rows.slice(0, 4), [head])).toEqual({ sound: false, n: 5, flaw: 'cut' });
    expect(await verifyAudit([], [head])).toEqual({ sound: false, n: 1, flaw: 'cut' });
    expect((await verifyAudit(rows, [EMPTY_HEAD, head])).sound).toBe(true);
  });
  it('shows a chain rewritten whole by a head that was stated', async () => {
    const rows = chained(6);
    const forged: AuditRow[] = [];
    for (const { hash: _, n: __, previous: ___, time, ...told } of rows)
      forged.push(chain({ ...told, who: 'sc.liuyang' }, time, forged.at(-1) ?? EMPTY_HEAD));
    expect((await verifyAudit(forged)).sound).toBe(true);
    expect(await verifyAudit(forged, [{ n: 4, hash: rows[3]?.hash ?? '' }])).toEqual({
      sound: false,
      n: 4,
      flaw: 'rewritten',
    });
  });
});

describe('an audit entry', () => {
  test.each<[string, object]>([
    ['of ids', {}],
    [
      'with detail',
      {
        detail: {
          step: 'verify',
          version: 3,
          count: -1,
          signed: true,
          event: '5f1c/3',
          token: '018f3c1e-7d1b-8c3a-9f00-1a2b3c4d5e6f',
          hash: '1'.repeat(64),
        },
      },
    ],
    ['by the system', { who: 'system', unit: undefined }],
  ])('%s is taken', (_, more) => {
    const { unit, ...rest } = { ...entry, ...more };
    expect(() => checkAuditEntry(unit === undefined ? rest : { ...rest, unit })).not.toThrow();
  });
  test.each<[string, Partial<AuditEntry>, string]>([
    ['a name for who', { who: '周伟' }, 'who: must be an id'],
    ['a name in the detail', { detail: { name: '周伟' } }, 'detail.name: must be an id, a number or yes or no'],
    [
      'a Latin name in the detail',
      { detail: { name: 'Zhou Wei' } },
      'detail.name: must be an id, a number or yes or no',
    ],
    [
      'a resident ID in the detail',
      { detail: { id: '11010519491231002X' } },
      'detail.id: must be an id, a number or yes or no',
    ],
    [
      'a telephone number as a number',
      { detail: { id: 13812345678 } },
      'detail.id: must be an id, a number or yes or no',
    ],
    ['a name as a key', { detail: { 周伟: true } }, 'detail.?: must be an id, a number or yes or no'],
    [
      'a resident ID in the purpose',
      { purpose: '核实11010519491231002X' },
      'purpose: must be one line of at most 100 characters without anybody’s number',
    ],
    [
      'a telephone number in the purpose',
      { purpose: '致电 13812345678' },
      'purpose: must be one line of at most 100 characters without anybody’s number',
    ],
    [
      'a purpose of two lines',
      { purpose: 'a\nb' },
      'purpose: must be one line of at most 100 characters without anybody’s number',
    ],
    ['a sentence for the act', { act: 'read the case' }, 'act: must be an id'],
  ])('with %s is refused, and the value not repeated', (_, more, fault) => {
    expect(() => checkAuditEntry({ ...entry, ...more })).toThrow(new InvalidData('audit entry', [fault]));
  });
});
