import { topics } from '@chuanyu/contracts';
import type { NewRecord } from '@chuanyu/event-log';
import { aPdf, contentsOf, hashOf, onTheWay, piecesOn, verified } from './files.fixture';
import { heldIn, quarantinedIn } from './liar.fixture';
import { expectConverged, replicaOf } from './session.fixture';
import { Stage } from './stage.fixture';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed();
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

/** Five pieces. */
const bytes = aPdf(1_600_000);
const hash = hashOf(bytes);
const name = '欧阳晓舟出监评估表.pdf';
const upload = async () => (await stage.as('sc.zhouwei')).upload(name, bytes);
const planned = async (): Promise<string> => {
  const id = await verified(stage);
  await stage.plan(id, { report: await upload() });
  return id;
};
const arrived = async (id: string): Promise<void> => {
  await expectConverged(stage, id, 3);
  expect(await heldIn(stage.chongqing)).toEqual([]);
  expect((await (await stage.as('cq.zhangmin')).download(id, hash)).bytes.equals(bytes)).toBe(true);
  const receipts = await (await stage.as('sc.zhouwei')).receipts(id, 3);
  expect(Object.keys(receipts).sort()).toEqual(['accepted', 'delivered', 'relayed']);
  // Nothing is left of the pieces.
  expect(await contentsOf(stage.chongqing)).toEqual([hash]);
};
const heldForFiles = async (id: string): Promise<void> => {
  expect(await replicaOf(stage.chongqing, id)).toMatchObject({ sequence: 2 });
  expect(await heldIn(stage.chongqing)).toMatchObject([{ case: id, why: expect.stringContaining('附件尚未到齐') }]);
  expect((await (await stage.as('sc.zhouwei')).receipts(id, 3)).negative).toMatchObject({
    code: 'held',
    detail: expect.stringContaining('附件尚未到齐'),
  });
};

test('a file goes up in one province and comes down in the other, whole, named, and written down', async () => {
  const attached = await upload();
  expect(attached).toEqual({ hash, name, type: 'application/pdf', size: bytes.length });
  const id = await verified(stage);
  await stage.plan(id, { report: attached });
  await stage.drain();
  await arrived(id);
  const { headers } = await (await stage.as('cq.zhangmin')).download(id, hash);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(bytes.length),
    'content-disposition': `attachment; filename="attachment.pdf"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const leader = await stage.as('cq.wangjianhua');
  const { rows } = await leader.get<{ rows: readonly object[] }>(`/api/prison/release-handover/${id}/audit`);
  expect(rows).toContainEqual(
    expect.objectContaining({ act: 'read-attachment', who: 'cq.zhangmin', purpose: '核对评估表', detail: { hash } }),
  );
  // Every record stays far below what a Kafka takes, and none can be read on the border.
  const pieces = await piecesOn(stage.sichuan, 'chongqing');
  expect(pieces).toHaveLength(5);
  for (const { value, headers: beside } of pieces)
    expect(JSON.stringify([value, beside]).length).toBeLessThan(700 * 1024);
  expect(JSON.stringify(pieces)).not.toContain(bytes.subarray(300, 3000).toString('base64').slice(8, 80));
});

test('whoever may not see the case, or no field that names the file, does not find it', async () => {
  const id = await planned();
  await stage.drain();
  const other = await upload();
  expect(other.hash).toBe(hash);
  const unused = await (await stage.as('sc.zhouwei')).upload('另一份.pdf', aPdf(1000, 2));
  const refused = async (officer: string, wanted: string) => {
    const session = await stage.as(officer);
    return session.download(id, wanted).catch((error: unknown) => error);
  };
  for (const [officer, wanted] of [
    ['cq.zhaolei', hash],
    ['cq.zhangmin', unused.hash],
    ['sc.zhouwei', unused.hash],
    ['sc.zhouwei', 'a'.repeat(64)],
    ['sc.denglin', hash],
  ] as const)
    expect(await refused(officer, wanted)).toMatchObject({ status: 404, body: expect.stringContaining('not-found') });
});

test('to know a hash gives no right: neither the other side nor its owner can name what was not uploaded here', async () => {
  const attached = await upload();
  const id = await verified(stage);
  await stage.plan(id, { report: attached });
  await stage.drain();
  const zhang = await stage.as('cq.zhangmin');
  const correct = {
    step: 'plan',
    sequence: 3,
    reason: '换附件',
    form: { opinion: '好', advice: '好', report: attached },
  };
  await expect(zhang.step(id, 'correct', correct)).rejects.toThrow(/own-latest|not-possible/);
  await expect(
    (await stage.as('sc.zhouwei')).step(id, 'correct', {
      ...correct,
      form: { ...correct.form, report: { ...attached, hash: 'b'.repeat(64) } },
    }),
  ).rejects.toThrow(/\/form\/form\/report.*not-uploaded/);
});

test('pieces that are lost are asked for until they come; the case waits, others go on, and the sender sees why', async () => {
  const lost: NewRecord[] = [];
  const way = onTheWay(stage.sichuan, async (record, put) => {
    if (lost.length < 3) lost.push(record);
    else await put(record);
  });
  const id = await planned();
  const another = await stage.openHandover();
  await stage.drain();
  expect(lost).toHaveLength(3);
  await heldForFiles(id);
  await expectConverged(stage, another, 1);
  await stage.restart();
  way.restore();
  await stage.drain();
  await heldForFiles(id);
  await stage.pass(31_000);
  await stage.drain();
  await arrived(id);
  expect(await piecesOn(stage.sichuan, 'chongqing')).toHaveLength(5);
});

test('a line that is cut in the middle, an exchange that is stopped in the middle: the rest comes after', async () => {
  let put = 0;
  const way = onTheWay(stage.sichuan, async (record, through) => {
    await through(record);
    if (++put === 2) stage.provinces.cut();
  });
  const id = await planned();
  await stage.drain();
  expect((await replicaOf(stage.chongqing, id))?.sequence).toBe(2);
  way.restore();
  await stage.chongqing.stopExchange();
  stage.provinces.heal();
  await stage.drain();
  await stage.chongqing.startExchange();
  await stage.drain();
  await arrived(id);
});

test('an exchange that dies while it puts out pieces goes on where it was', async () => {
  let put = 0;
  const way = onTheWay(stage.sichuan, async (record, through) => {
    if (++put > 2) throw new Error('killed');
    await through(record);
  });
  const id = await planned();
  await stage.drain();
  expect(stage.errors.splice(0).filter((each) => !each.includes('killed'))).toEqual([]);
  await heldForFiles(id);
  await stage.restart();
  way.restore();
  await stage.drain();
  await arrived(id);
});

test('pieces that come twice and in another order make the same file, once', async () => {
  const kept: NewRecord[] = [];
  const way = onTheWay(stage.sichuan, async (record, put) => {
    kept.push(record);
    if (kept.length < 5) return;
    for (const each of [...kept].reverse()) await put(each);
    for (const each of kept) await put(each);
  });
  const id = await planned();
  await stage.drain();
  await arrived(id);
  way.restore();
});

test('a piece that was tampered with is set aside and asked for again', async () => {
  let tampered = false;
  const way = onTheWay(stage.sichuan, async (record, put) => {
    if (tampered || typeof record.value !== 'string') return put(record);
    tampered = true;
    const at = record.value.length - 100;
    const other = record.value[at] === 'A' ? 'B' : 'A';
    await put({ ...record, value: record.value.slice(0, at) + other + record.value.slice(at + 1) });
  });
  const id = await planned();
  await stage.drain();
  way.restore();
  await heldForFiles(id);
  const [set] = await quarantinedIn(stage.chongqing);
  expect(set).toMatchObject({ topic: topics.files('sichuan', 'chongqing'), code: 'tampered' });
  await stage.pass(31_000);
  await stage.drain();
  await arrived(id);
});

test('the same content in two cases crosses once and is kept once', async () => {
  const one = await planned();
  await stage.drain();
  await arrived(one);
  const other = await planned();
  await stage.drain();
  await arrived(other);
  expect(await piecesOn(stage.sichuan, 'chongqing')).toHaveLength(5);
});

test('a clause that is suspended holds the file with its event; control goes on', async () => {
  const id = await verified(stage);
  await stage.sichuan.stopExchange();
  await stage.plan(id, { report: await upload() });
  const agreement = `/api/coordination/agreement/${stage.agreement.id}`;
  const lin = await stage.as('sc.linfeng');
  await lin.post(`${agreement}/suspend`, { form: { clause: '1', reason: '核查' } });
  await stage.sichuan.services.get('coordination')?.settle();
  await stage.sichuan.startExchange();
  await stage.drain();
  expect(await piecesOn(stage.sichuan, 'chongqing')).toEqual([]);
  await lin.post(`${agreement}/resume`, { form: { clause: '1', reason: '核查完毕' } });
  await stage.drain();
  await arrived(id);
});

test('a file that this side has lost is asked for when its step is repeated', async () => {
  const id = await planned();
  await stage.drain();
  await arrived(id);
  await stage.chongqing.store.remove(hash);
  const zhang = await stage.as('cq.zhangmin');
  await expect(zhang.download(id, hash)).rejects.toMatchObject({ status: 503 });
  const { log } = stage.sichuan;
  const repair = { kind: 'repair', to: 'sichuan', from: 'chongqing', epoch: 1, domain: 'prison', case: id, after: 2 };
  await log.append([{ topic: topics.inbound('prison'), key: id, value: repair, headers: { kind: 'repair' } }]);
  await stage.drain();
  await stage.pass(31_000);
  await stage.drain();
  await arrived(id);
});

test('what no case names is removed after a day, and what a case names stays', async () => {
  const id = await planned();
  const unused = await (await stage.as('sc.zhouwei')).upload('另一份.pdf', aPdf(1000, 2));
  await stage.drain();
  expect(await contentsOf(stage.sichuan)).toEqual([hash, unused.hash].sort());
  await stage.pass(25 * 3_600_000);
  expect(await contentsOf(stage.sichuan)).toEqual([hash]);
  await arrived(id);
  const again = await (await stage.as('sc.zhouwei')).upload('另一份.pdf', aPdf(1000, 2));
  expect(again.hash).toBe(unused.hash);
  await expect(
    (await stage.as('sc.zhouwei')).step(await verified(stage), 'plan', { opinion: '好', advice: '好', report: again }),
  ).resolves.toMatchObject({ state: { name: 'planned' } });
});
