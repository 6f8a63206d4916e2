import { rowOf } from '@chuanyu/engine';
import type { CaseRow } from '@chuanyu/contracts';
import { twoProvinces } from '@chuanyu/reference';
import { ProvinceFixture, type Session } from '../province.fixture';
import { aRow, trials } from '../trials.fixture';
import { keptRow, rowsOf, type KeptRow } from './kept-row';

let province: ProvinceFixture;
let zhou: Session;
let operator: Session;
beforeEach(async () => {
  province = await ProvinceFixture.start();
  zhou = await province.as('sc.zhouwei');
  operator = await province.as('sc.xiaoming');
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

const generation = async (): Promise<Record<string, unknown>> => (await operator.get('/api/lists/rebuild')).body;
const listed = async (number: number): Promise<readonly KeptRow[]> => {
  const rows = await province.own.collection<KeptRow>(rowsOf(number));
  return (await rows.find({ limit: 1000 })).items.map(({ document }) => document);
};
const expected = async (): Promise<readonly KeptRow[]> => {
  const { items } = await province.prison.keeper.options.cases.find({ limit: 1000 });
  return items.map(({ document }) => {
    const workflow = trials.get(document.workflow);
    if (!workflow) throw new Error(document.workflow);
    const row: CaseRow = rowOf(document, workflow, document.changedAt);
    return JSON.parse(JSON.stringify(keptRow(row, trials, twoProvinces))) as KeptRow;
  });
};

it('rebuilds what the services have, and nothing else, while cases go on being opened and changed', async () => {
  const opened = await Promise.all(Array.from({ length: 30 }, (_, n) => zhou.openErrand(`台账${n}`)));
  await province.settle();
  // The lists have lost one case, hold one that is none, and one is newer than any service says.
  const rows = await province.own.collection<KeptRow>(rowsOf(1));
  const lost = await rows.get(opened[0] ?? '');
  await rows.remove(opened[0] ?? '', lost?.version ?? '');
  await province.tell(aRow({ id: 'nobody’s' }));
  const wrong = await rows.get(opened[1] ?? '');
  if (!wrong) throw new Error('not listed');
  await rows.replace({ ...wrong.document, row: { ...wrong.document.row, revision: 99, state: 'done' } }, wrong.version);
  expect(await listed(1)).not.toEqual(await expected());

  const traffic = (async () => {
    for (const [n, id] of opened.entries()) {
      await zhou.post(`/api/prison/trial-errand/${id}/note`, { form: { matter: `记录${n}` } });
      if (n % 3 === 0) await zhou.openErrand(`新${n}`);
      expect((await zhou.get('/api/cases')).status).toBe(200);
    }
  })();
  expect((await operator.post('/api/lists/rebuild')).status).toBe(202);
  await traffic;
  await province.settle();
  expect(await generation()).toEqual({ generation: 2, waitingFor: null });
  expect(await listed(2)).toEqual(await expected());
  expect(await listed(2)).toHaveLength(40);
  expect(await zhou.list('/api/cases?limit=100')).toHaveLength(40);
});

it('reads from the old lists until every domain has said all, and begins anew where it is asked again', async () => {
  const id = await zhou.openErrand('整理台账');
  await province.settle();
  const { generations } = province.book;
  await generations.begin('given-up', ['prison']);
  await zhou.openErrand('第二件');
  await province.settle();
  expect(await generation()).toEqual({ generation: 1, waitingFor: ['prison'] });
  expect(await listed(2)).toHaveLength(1);
  expect(await zhou.list('/api/cases')).toHaveLength(2);
  for (let partition = 0; partition < 11; partition++) await generations.heard('given-up', 'prison', partition);
  await generations.heard('another', 'prison', 11);
  expect(await generation()).toMatchObject({ generation: 1 });

  await operator.post('/api/lists/rebuild');
  await generations.heard('given-up', 'prison', 11);
  await province.settle();
  expect(await generation()).toEqual({ generation: 3, waitingFor: null });
  expect((await zhou.list('/api/cases')).map((item) => item['id'])).toContain(id);
  expect(await zhou.list('/api/cases')).toHaveLength(2);
});

it('goes on where it was after a restart', async () => {
  await zhou.openErrand('整理台账');
  await province.settle();
  await province.book.generations.begin('before', ['prison']);
  await province.restartGateway();
  operator = await province.as('sc.xiaoming');
  expect(await generation()).toEqual({ generation: 1, waitingFor: ['prison'] });
  await operator.post('/api/lists/rebuild');
  await province.settle();
  expect(await generation()).toEqual({ generation: 3, waitingFor: null });
  expect(await listed(3)).toEqual(await expected());
});

it('gives up where a service is not there, and the lists stay', async () => {
  await zhou.openErrand('整理台账');
  await province.settle();
  await province.prison.stop();
  const answer = await operator.post('/api/lists/rebuild');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await generation()).toEqual({ generation: 1, waitingFor: null });
  expect(await zhou.list('/api/cases')).toHaveLength(1);
});
