import { ProvinceFixture, type Session } from './province.fixture';

let province: ProvinceFixture;
let zhou: Session;
let chen: Session;
beforeEach(async () => {
  province = await ProvinceFixture.start();
  zhou = await province.as('sc.zhouwei');
  chen = await province.as('sc.chenguoqiang');
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

describe('from opening to signing', () => {
  it('hands the opening on, lists the draft for the leader, and hands the signature on', async () => {
    const { id, draft } = await zhou.openHandover();
    await province.settle();
    expect(await zhou.list('/api/to-sign')).toEqual([]);
    const [line] = await chen.list('/api/to-sign');
    expect(line).toMatchObject({ id, state: 'draft', draft: { id: draft, title: '通报' } });
    const { body: read } = await chen.get(`/api/drafts/${draft}`);
    expect(read).toMatchObject({
      to: { province: 'chongqing', unitName: '重庆市渝北区安置帮教工作办公室' },
      overrides: [],
    });
    const signed = await chen.post(`/api/drafts/${draft}/sign`);
    expect(signed.status).toBe(200);
    expect(signed.body).toMatchObject({ number: '川试衔〔2026〕1号', state: { name: 'notified' } });
    expect(signed.headers.get('etag')).toMatch(/^"/);
    expect(signed.headers.get('taken-as')).toBe('step 1');
    await province.settle();
    expect(await chen.list('/api/to-sign')).toEqual([]);
    expect(await zhou.list('/api/to-do')).toEqual([]);
    const [found] = await zhou.list('/api/cases?q=' + encodeURIComponent('张三'));
    expect(found).toMatchObject({
      id,
      number: '川试衔〔2026〕1号',
      subject: '张**',
      turn: 'counterpart',
      ours: false,
      colour: 'green',
    });
  });
});
