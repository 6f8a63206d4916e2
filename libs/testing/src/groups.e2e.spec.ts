import { officersOfThree } from '@chuanyu/access';
import { SEED_PASSWORD } from '@chuanyu/provinces';
import { threeProvinces } from '@chuanyu/reference';
import { Day } from './demo/day';
import { OwnProvinces } from './demo/own';
import { chongqingBar, guizhouBar, sichuanBar, Traineeship } from './demo/traineeship';
import type { Party } from './demo/handover';

let own: OwnProvinces;
let day: Day;
beforeAll(async () => {
  const agreements = [
    ['sichuan', 'chongqing'],
    ['sichuan', 'guizhou'],
  ] as const;
  own = await OwnProvinces.start({ directory: threeProvinces, officers: officersOfThree, agreements });
  day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed: 7, say: () => undefined });
  await day.lookAtClock();
}, 60_000);
afterAll(() => own.stop());

const why = { reason: '发现实习考勤不实' };
const certified = async (): Promise<Traineeship> => {
  const trainee = await Traineeship.publicise(day);
  await trainee.passesPublicity();
  return trainee;
};
const confirmed = async (trainee: Traineeship, party: Party, id: string, state: string) => {
  const ref = { workflow: 'lawyer.trainee-recognition', id };
  await trainee.take(party, ref, 'confirm', { on: day.today, measures: '已停止其执业申请' });
  return trainee.reaches(sichuanBar, ref, state);
};

test('two provinces recognise, the line is cut, the certificate is withdrawn, and both confirm after the heal', async () => {
  const trainee = await certified();
  const inChongqing = await trainee.send(chongqingBar);
  const inGuizhou = await trainee.send(guizhouBar);
  await trainee.recognise(chongqingBar, inChongqing);
  await trainee.recognise(guizhouBar, inGuizhou);

  own.provinces.cut();
  await trainee.take(sichuanBar, trainee.certificate, 'suspend', why);
  await trainee.take(sichuanBar, trainee.certificate, 'resume', { reason: '已补交考勤记录' });
  const home = await trainee.take(sichuanBar, trainee.certificate, 'withdraw', why);
  // At home it holds at once, and it is seen who cannot know yet.
  expect([home.state.name, home.state.turn]).toEqual(['withdrawn', null]);
  expect(home.members.map(({ state, pending }) => [state.name, pending.map(({ step }) => step)])).toEqual([
    ['recognised', ['suspend', 'resume', 'withdraw']],
    ['recognised', ['suspend', 'resume', 'withdraw']],
  ]);
  expect((await trainee.page(chongqingBar, inChongqing)).state.name).toBe('recognised');

  own.provinces.heal();
  for (const [party, ref] of [
    [chongqingBar, inChongqing],
    [guizhouBar, inGuizhou],
  ] as const) {
    const there = await trainee.reaches(party, ref, 'withdrawn');
    expect(there.timeline.map(({ step }) => step)).toEqual(['send', 'recognise', 'suspend', 'resume', 'withdraw']);
    expect(there.state.due).not.toBeNull();
    await confirmed(trainee, party, ref.id, 'ended');
  }
  const relied = await trainee.members('recognise');
  expect(relied.map((member) => [member.with?.unit, member.state.name, member.took.map(({ step }) => step)])).toEqual([
    ['cq-bar', 'ended', ['send', 'recognise', 'suspend', 'resume', 'withdraw', 'confirm']],
    ['gz-bar', 'ended', ['send', 'recognise', 'suspend', 'resume', 'withdraw', 'confirm']],
  ]);
  await own.provinces.drain();
  expect(await trainee.members('refuse')).toEqual([]);
  expect((await trainee.members()).every(({ delivered, closed }) => delivered && closed)).toBe(true);
  expect([own.errors, own.alarms]).toEqual([[], []]);
}, 120_000);

test('a certificate in publicity, one that is hidden, and one that was withdrawn are not recognised', async () => {
  const trainee = await Traineeship.publicise(day);
  expect(await trainee.draft(chongqingBar)).toMatchObject({
    ok: false,
    problem: { status: 422, code: 'rule-refused' },
  });
  await trainee.passesPublicity();
  const draft = await trainee.draft(chongqingBar);
  if (!draft.ok) throw new Error(draft.problem.detail);
  const page = await trainee.page(sichuanBar, trainee.certificate);
  expect(page.members.map(({ status, number }) => [status, number])).toEqual([['draft', null]]);

  await trainee.take(sichuanBar, trainee.certificate, 'withdraw', why);
  const ref = { workflow: 'lawyer.trainee-recognition', id: draft.body.id };
  const leader = await day.officer(sichuanBar.leader);
  expect(await leader.sign(draft.body.drafts[0]?.id ?? '')).toMatchObject({
    ok: false,
    problem: { status: 409, code: 'not-possible' },
  });
  expect((await trainee.page(sichuanBar, ref)).status).toBe('draft');
  expect(await trainee.draft(chongqingBar)).toMatchObject({
    ok: false,
    problem: { status: 409, code: 'not-possible' },
  });

  const stranger = await day.officer(chongqingBar.officer);
  const to = { province: 'sichuan', unit: 'sc-bar' };
  const under = trainee.certificate.id;
  const refused = { ok: false, problem: { status: 422, code: 'bad-form', errors: [{ pointer: '/under' }] } };
  expect(await stranger.open('lawyer.trainee-recognition', { to, form: {}, under })).toMatchObject(refused);
  expect(await stranger.open('lawyer.trainee-recognition', { to, form: {} })).toMatchObject(refused);
  const request = { name: '林晓', residentId: '510107199003077216', kind: '实习期', purpose: '申请执业' };
  expect(await stranger.open('lawyer.trainee-request', { to, form: request, under })).toMatchObject(refused);
  expect([own.errors, own.alarms]).toEqual([[], []]);
}, 120_000);
