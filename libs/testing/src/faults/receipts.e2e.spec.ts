import type { CaseRow, Message } from '@chuanyu/contracts';
import { Stage } from './stage.fixture';
import { expectConverged } from './session.fixture';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed();
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

const inOrder = ['accepted', 'relayed', 'delivered', 'opened'] as const;

test('accepted, relayed, delivered and opened appear on the page, each with its instant, in this order', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const zhou = await stage.as('sc.zhouwei');
  const before = await zhou.receipts(id, 1);
  expect(Object.keys(before).sort()).toEqual(['accepted', 'delivered', 'relayed']);
  await (await stage.as('cq.zhangmin')).post(`/api/prison/release-handover/${id}/take-in`, {});
  await stage.drain();
  const after = await zhou.receipts(id, 1);
  const instants = inOrder.map((kind) => after[kind] ?? 'missing');
  expect(instants).toEqual([...instants].sort());
  expect(instants).not.toContain('missing');
  expect(after).toMatchObject(before);
  await expectConverged(stage, id, 1);
});

test('the lists are told of a step and that it was delivered, not of its way there', async () => {
  stage.provinces.cut();
  const id = await stage.openHandover();
  await stage.drain();
  const rows = async (): Promise<readonly CaseRow[]> => {
    const { records } = await stage.sichuan.log.read('prison.events', { limit: 1000 });
    return records.flatMap(({ value }) => {
      const said = value as Message;
      return said.kind === 'row' && said.case === id ? [said.row] : [];
    });
  };
  const zhou = await stage.as('sc.zhouwei');
  const before = await rows();
  expect(Object.keys(await zhou.receipts(id, 1))).toEqual(['accepted']);
  stage.provinces.heal();
  await stage.drain();
  expect(Object.keys(await zhou.receipts(id, 1)).sort()).toEqual(['accepted', 'delivered', 'relayed']);
  const after = await rows();
  expect(after.map(({ revision }) => revision)).toEqual(after.map((_, n) => n + 1));
  expect(after).toHaveLength(before.length + 1);
});

test('what is not delivered in an hour warns in the list by itself, and no more once it is', async () => {
  stage.provinces.cut();
  const id = await stage.openHandover();
  await stage.drain();
  const overdue = async () => {
    const { items } = await (
      await stage.as('sc.zhouwei')
    ).get<{ items: readonly Record<string, unknown>[] }>('/api/cases');
    return items.find((item) => item['id'] === id)?.['overdueReceipts'];
  };
  expect(await overdue()).toBe(false);
  await stage.pass(30 * 60_000);
  expect(await overdue()).toBe(false);
  await stage.pass(45 * 60_000);
  expect(await overdue()).toBe(true);
  stage.provinces.heal();
  await stage.drain();
  expect(await overdue()).toBe(false);
  await expectConverged(stage, id, 1);
});
