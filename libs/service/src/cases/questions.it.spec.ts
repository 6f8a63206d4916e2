import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type Collection, type Database } from '@chuanyu/collections';
import { plansOf } from '@chuanyu/collections/plans';
import { newCase, type CaseDocument } from '@chuanyu/engine';
import { casesOf } from './collections';
import { casesIn, headsOf, sharedCases } from './many-cases';
import { nextSerial } from './numbering';
import { membersOf } from './surroundings';

let folder: string;
let file: string;
let database: Database;
let cases: Collection<CaseDocument>;
const parent = newCase({
  ...{ id: 'parent', workflow: 'prison.visit', domain: 'prison', definition: 1, side: 'origin', status: 'live' },
  ...{ province: 'sichuan', peer: 'chongqing', alias: 'alias', createdAt: '2026-11-30T00:00:00.000Z' },
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'questions-'));
  file = join(folder, 'cases.db');
  database = await openSqlite({ file });
  cases = await database.collection<CaseDocument>(casesOf('prison'));
  await cases.insert(parent);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const all = async (found: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of found);
};
const { where, or } = membersOf(parent);

// By the beginning of an index that tells few cases from many; never by one in which half of them are alike.
test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    'the members of a case',
    () => all(casesIn(cases, membersOf(parent))),
    /^SEARCH t USING INDEX \S+:by:opening.under,/,
  ],
  [
    'how many members are in a state',
    () => cases.count({ where: { ...where, workflow: 'prison.visit', 'head.state': 'done' }, or }),
    /^SEARCH t USING INDEX \S+:by:opening.under,workflow,head.state \(.*=\? AND .*=\? AND .*=\?\)/,
  ],
  [
    'all members there are',
    () => all(casesIn(cases, { where: { side: 'origin', 'opening.under': { gt: '' } } })),
    /^SEARCH t USING INDEX \S+:by:opening.under,.*>\?/,
  ],
  [
    'the next number',
    () => nextSerial(cases, 'docket'),
    /^SEARCH t USING INDEX \S+:by:serial.docket,serial.n \(.*=\?\)$/,
  ],
  [
    'who holds a claim',
    () => all(casesIn(cases, { where: { claims: { any: ['room 1'] } } })),
    /^CO-ROUTINE (lead; SEARCH \S+:set:claims .*SEARCH t USING INTEGER PRIMARY KEY|\S+; SEARCH \S+:set:claims USING COVERING INDEX)/,
  ],
  [
    'what wakes now',
    () =>
      cases.find({ filter: { where: { wakeAt: { lte: 'z' } } }, sort: { by: 'wakeAt', order: 'ascending' }, limit: 9 }),
    /^SEARCH t USING INDEX \S+:by:wake\^at .*<\?\)$/,
  ],
  [
    'what is not delivered to a peer',
    () =>
      all(
        casesIn(cases, { where: { peer: 'chongqing', status: { in: ['live', 'frozen'] }, 'resend.next': { gt: '' } } }),
      ),
    /^SEARCH t USING INDEX \S+:by:peer,resend.next \(.*=\? AND .*>\?/,
  ],
  [
    'how many of the own cases are in each state',
    () =>
      cases.tally(['workflow', 'head.state', 'month'], {
        where: { side: 'origin', status: { in: ['live', 'frozen'] } },
      }),
    /^SCAN t USING COVERING INDEX/,
  ],
  [
    'the heads of what is shared with a peer',
    () => all(sharedCases(cases, 'chongqing')),
    /^SEARCH t USING INDEX \S+:by:peer \(.*=\?\)$/,
  ],
])('%s is answered by an index', async (_what, ask, plan) => {
  const plans = await plansOf(file, ask);
  expect(plans.length).toBeGreaterThan(0);
  for (const each of plans) expect(each).toMatch(plan);
});

test('heads are those of the cases, though none is read', async () => {
  const heads = [];
  for await (const head of headsOf(cases, { peer: 'chongqing' })) heads.push(head);
  expect(heads).toEqual([[parent.id, parent.head.sequence, parent.head.hash]]);
});
