import { topics, type Json } from '@chuanyu/contracts';
import type { Scanner } from '@chuanyu/files';
import { buffer } from 'node:stream/consumers';
import { aPdf, contentsOf, hashOf, onTheWay, piecesOn, verified } from './files.fixture';
import { heldIn, Liar, quarantinedIn } from './liar.fixture';
import { expectConverged, replicaOf } from './session.fixture';
import { Stage } from './stage.fixture';

const virus = Buffer.concat([aPdf(2000, 3), Buffer.from('EICAR-TEST')]);
const scanner: Scanner = {
  scan: async (_, read) =>
    (await buffer(await read())).includes('EICAR-TEST')
      ? { verdict: 'infected', by: 'a scanner of the spec', name: 'Eicar' }
      : { verdict: 'clean', by: 'a scanner of the spec' },
};
/** 重庆 scans; 四川 has no scanner. */
const attachments = (province: string) => (province === 'chongqing' ? { scanner } : {});

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed({ attachments });
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});
const small = aPdf(1000);
const piece = (bytes: Buffer, changed: object = {}): Json =>
  JSON.parse(
    JSON.stringify({
      domain: 'coordination',
      hash: hashOf(bytes),
      size: bytes.length,
      piece: 0,
      content: bytes.toString('base64'),
      time: stage.sichuan.options.clock.now(),
      ...changed,
    }),
  ) as Json;
const files = topics.files('sichuan', 'chongqing');

test('what no event names is not kept, however well it is signed', async () => {
  const liar = await Liar.in(stage, 'sichuan');
  for (let n = 1; n <= 20; n++) {
    const bytes = aPdf(1000 + n, n);
    await liar.say(hashOf(bytes), 'piece', piece(bytes), { topic: files });
  }
  await stage.drain();
  await stage.drain();
  expect(await contentsOf(stage.chongqing)).toEqual([]);
  expect(await quarantinedIn(stage.chongqing)).toEqual([]);
}, 90_000);

test('a piece of another size, length, number or topic is set aside without its content, and the true one still comes', async () => {
  const liar = await Liar.in(stage, 'sichuan');
  const id = await verified(stage);
  const way = onTheWay(stage.sichuan, async () => undefined);
  await stage.plan(id, { report: await (await stage.as('sc.zhouwei')).upload('评估表.pdf', small) });
  await stage.drain();
  way.restore();
  expect(await heldIn(stage.chongqing)).toHaveLength(1);
  const wrong: readonly object[] = [
    { size: 999 },
    { piece: 1 },
    { piece: -1 },
    { piece: 1.5 },
    { content: small.subarray(1).toString('base64') },
    { content: '' },
    { content: '*'.repeat(1000) },
    { content: 'A'.repeat(600_000) },
    { hash: '../../../etc/passwd' },
    { size: 2 ** 40 },
    { more: 'x' },
  ];
  for (const changed of wrong) await liar.say(hashOf(small), 'piece', piece(small, changed), { topic: files });
  await liar.say(hashOf(small), 'piece', piece(small), { topic: topics.control('sichuan', 'chongqing') });
  await stage.drain();
  const set = await quarantinedIn(stage.chongqing);
  expect(set).toHaveLength(wrong.length + 1);
  expect(JSON.stringify(set).length).toBeLessThan(20_000);
  expect(await replicaOf(stage.chongqing, id)).toMatchObject({ sequence: 2 });
  await stage.pass(31_000);
  await stage.drain();
  await expectConverged(stage, id, 3);
});

test('pieces that are signed and yet make another file are thrown away, and all is asked for anew', async () => {
  const liar = await Liar.in(stage, 'sichuan');
  const id = await verified(stage);
  const way = onTheWay(stage.sichuan, async () => undefined);
  await stage.plan(id, { report: await (await stage.as('sc.zhouwei')).upload('评估表.pdf', small) });
  await stage.drain();
  way.restore();
  await liar.say(hashOf(small), 'piece', piece(small, { content: aPdf(1000, 9).toString('base64') }), { topic: files });
  await stage.drain();
  expect(stage.alarms.join('\n')).toContain('do not make the file');
  expect(await contentsOf(stage.chongqing)).toEqual([]);
  expect(await replicaOf(stage.chongqing, id)).toMatchObject({ sequence: 2 });
  await stage.pass(31_000);
  await stage.drain();
  await expectConverged(stage, id, 3);
});

test('a file is given to a peer only where an event has named it to that peer', async () => {
  const secret = await (await stage.as('sc.zhouwei')).upload('内部.pdf', aPdf(5000, 5));
  const liar = await Liar.in(stage, 'chongqing');
  const want: Json = {
    domain: 'coordination',
    hash: secret.hash,
    pieces: [0],
    time: stage.chongqing.options.clock.now(),
  };
  await liar.say(secret.hash, 'want', want);
  await stage.drain();
  expect(await piecesOn(stage.sichuan, 'chongqing')).toEqual([]);
  expect(stage.alarms.join('\n')).toContain('asks for a file that no event has named to it');
});

test('an infected file is refused at the upload, and one that comes over the border is not served; its case goes on', async () => {
  const zhang = await stage.as('cq.zhangmin');
  await expect(zhang.upload('材料.pdf', virus)).rejects.toMatchObject({
    status: 422,
    body: expect.stringContaining('Eicar'),
  });
  expect(await contentsOf(stage.chongqing)).toEqual([]);

  const id = await verified(stage);
  const report = await (await stage.as('sc.zhouwei')).upload('评估表.pdf', virus);
  await stage.plan(id, { report });
  await stage.drain();
  await expectConverged(stage, id, 3);
  expect(await contentsOf(stage.chongqing)).toEqual([]);
  await expect(zhang.download(id, report.hash)).rejects.toMatchObject({
    status: 422,
    body: expect.stringContaining('infected'),
  });
  expect(stage.alarms.join('\n')).toContain(`a file from sichuan is not served: infected ${report.hash}`);
});
