import { Stage } from './stage.fixture';
import { heldIn } from './liar.fixture';
import { expectConverged, replicaOf } from './session.fixture';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed();
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

const change = async (by: string, step: 'suspend' | 'resume'): Promise<void> => {
  const path = `/api/coordination/agreement/${stage.agreement.id}/${step}`;
  await (await stage.as(by)).post(path, { form: { clause: '1', reason: '核查' } });
};
const readmit = (how: string) => (how === 'restarted' ? stage.restart() : stage.sichuan.startExchange());

test.each([
  ['四川', 'sc.linfeng', 'running'],
  ['重庆', 'cq.dengkai', 'running'],
  ['四川', 'sc.linfeng', 'restarted'],
])(
  '%s suspends: what is not sent yet is held and seen, and goes in order when it is resumed (%s, %s)',
  async (_, by, how) => {
    const id = await stage.openHandover();
    await stage.drain();
    await stage.verify(id);
    await stage.drain();
    // 四川's border is unmanned: two steps are saved and not sent when the clause is suspended.
    await stage.sichuan.stopExchange();
    const zhou = await stage.as('sc.zhouwei');
    await zhou.step(id, 'plan', { opinion: '可以接收', advice: '就业' });
    const urged = await zhou.post(`/api/prison/release-handover/${id}/urge`, { note: '请尽快办理' });
    expect(urged.id).toBe(id);
    if (by.startsWith('cq.')) {
      await change(by, 'suspend');
      await stage.chongqing.settle();
      // What 重庆 says of the agreement has to reach 四川 before anything of the case leaves.
      await stage.sichuan.startExchange();
    } else {
      await change(by, 'suspend');
      await stage.sichuan.services.get('coordination')?.settle();
      await readmit(how);
    }
    await stage.drain();
    const there = await replicaOf(stage.chongqing, id);
    if (by.startsWith('sc.')) {
      expect(there).toMatchObject({ sequence: 2 });
      expect(await heldIn(stage.sichuan)).toMatchObject([{ direction: 'out', case: id }]);
      const again = await stage.as('sc.zhouwei');
      expect(await again.receipts(id, 3)).toMatchObject({ negative: { code: 'held' } });
      expect((await again.receipts(id, 3)).accepted).toBeUndefined();
      // Control is never held: the urging and the receipts have come through.
      const page = await (
        await stage.as('cq.zhangmin')
      ).get<{ urges: readonly { note: string }[] }>(`/api/prison/release-handover/${id}`);
      expect(page.urges.map((each) => each.note)).toEqual(['请尽快办理']);
      // No new step can be taken meanwhile, and the officer is told why.
      const fresh = stage.openHandover();
      await expect(fresh).rejects.toThrow(/no-clause/);
      await stage.restart();
      await stage.drain();
      expect(await heldIn(stage.sichuan)).toHaveLength(1);
    }
    await change(by, 'resume');
    await stage.drain();
    expect(await heldIn(stage.sichuan)).toEqual([]);
    await expectConverged(stage, id, 3);
    const receipts = await (await stage.as('sc.zhouwei')).receipts(id, 3);
    expect(Object.keys(receipts).sort()).toEqual(['accepted', 'delivered', 'relayed']);
  },
);

test('the receiver holds what was written while a clause was suspended, through a restart, and lets it in when it is resumed', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  // 四川 suspends while the line is cut: 重庆 does not know of it and goes on in good faith.
  stage.provinces.cut();
  await change('sc.linfeng', 'suspend');
  await stage.drain();
  await stage.verify(id);
  await stage.chongqing.settle();
  stage.provinces.heal();
  await stage.drain();
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1 });
  expect(await heldIn(stage.sichuan)).toMatchObject([{ direction: 'in', case: id }]);
  expect(await (await stage.as('cq.zhangmin')).receipts(id, 2)).toMatchObject({ negative: { code: 'held' } });
  await stage.restart();
  await stage.drain();
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1 });
  await change('sc.linfeng', 'resume');
  await stage.drain();
  await expectConverged(stage, id, 2);
  expect(await heldIn(stage.sichuan)).toEqual([]);
  const receipts = await (await stage.as('cq.zhangmin')).receipts(id, 2);
  expect(Object.keys(receipts).sort()).toEqual(['accepted', 'delivered', 'relayed']);
});

test('what was written before an agreement expired still crosses after it; nothing new is taken', async () => {
  await stage.close();
  stage = await Stage.agreed({ agreedDays: 100 });
  const id = await stage.openHandover({ releaseDate: '2028-12-28' });
  stage.provinces.cut();
  await stage.drain();
  await stage.provinces.advance(101 * 86_400_000);
  stage.provinces.heal();
  await stage.drain();
  await expectConverged(stage, id, 1);
  await expect(stage.verify(id)).rejects.toThrow(/no-clause/);
});
