import { uuidOf } from '@chuanyu/contracts';
import type { CaseDocument, Command } from '@chuanyu/engine';
import { faultsOf } from './oracle';
import { officerOf } from './officers';
import { emptied, openStores, type ProvinceName, type Stores } from './province';
import { Schedule } from './schedule';
import { part, umbrella } from './umbrella';

let stores: Readonly<Record<ProvinceName, Stores>>;
beforeAll(async () => {
  stores = { sichuan: await openStores(), chongqing: await openStores() };
});
afterAll(() => Promise.all([stores.sichuan.database.close(), stores.chongqing.database.close()]));

const officer = officerOf('sichuan', 'origin', 0);
const leader = officerOf('sichuan', 'origin', 3);
const idOf = (key: string) => uuidOf(`sichuan ${officer.unit} ${key}`);
const command = (step: string, key: string, form: object, more: Partial<Command> = {}): Command => ({
  ...{ step, key, form, fingerprint: 'f', who: officer, overrides: [], ...more },
});
const [parent, member] = [idOf('parent'), idOf('member')];
const opening = {
  parent: command('begin', 'parent', { subject: '总事项' }),
  member: command(
    'offer',
    'member',
    { subject: '分事项' },
    { under: parent, to: { province: 'chongqing', unit: 'cq-yuzhou-prison' } },
  ),
  revoke: command('revoke', 'revoke', { reason: '有误' }),
};

/** One parent with one member, revoked; its officers ask again where nobody answers, until they are answered. */
class Scenario {
  readonly schedule: Schedule;
  effects = 0;
  constructor(
    without: readonly number[] = [],
    /** The process dies at this effect of Sichuan's. */
    private readonly diesAt = -1,
  ) {
    this.schedule = Schedule.quiet({ seed: 1, steps: 0, without: new Set(without) }, stores);
    this.sichuan.dies = () => this.effects++ === this.diesAt;
  }
  get sichuan() {
    return this.schedule.provinces.sichuan;
  }
  async begin(): Promise<void> {
    await this.open(umbrella.id, parent, opening.parent);
    await this.open(part.id, member, opening.member);
    await this.sign(member, 'member');
  }
  async revoke(): Promise<void> {
    await this.insist(parent, { do: 'step', command: opening.revoke });
    await this.sign(parent, 'revoke');
  }
  private open(workflow: string, id: string, made: Command): Promise<void> {
    return this.insist(id, { do: 'open', workflow, definition: 1, command: made, alias: `alias of ${id}` });
  }
  private async sign(id: string, key: string): Promise<void> {
    const draft = uuidOf(`${id} draft ${key}`);
    await this.insist(id, { do: 'sign', draft, signer: leader, key });
  }
  private async insist(id: string, what: Parameters<Schedule['desk']['request']>[0]['what']): Promise<void> {
    const { desk } = this.schedule;
    const key = what.do === 'sign' ? what.key : what.command.key;
    for (let n = 0; n < 3; n++) {
      const { crashes } = this.sichuan;
      await desk.request({ province: 'sichuan', case: id, what }, 0);
      if (this.sichuan.crashes === crashes && desk.ledger.answers.get(key)?.answer.as !== 'unknown') return;
    }
  }
  async end(): Promise<readonly string[]> {
    await this.schedule.heal();
    return faultsOf(this.schedule);
  }
  async at(id: string): Promise<CaseDocument> {
    const document = await this.sichuan.document(id);
    if (!document) throw new Error(`no case ${id}`);
    return document;
  }
}
const fresh = async (): Promise<void> => {
  stores = { sichuan: await emptied(stores.sichuan), chongqing: await emptied(stores.chongqing) };
};
const revocationsIn = ({ recent }: CaseDocument) =>
  recent.filter(({ event }) => event.type.includes('.revoke.')).length;

test('whatever the process dies at, the member is opened once and revoked once', async () => {
  for (let at = 0; ; at++) {
    await fresh();
    const scenario = new Scenario([], at);
    await scenario.begin();
    await scenario.revoke();
    expect([at, await scenario.end()]).toEqual([at, []]);
    const document = await scenario.at(member);
    expect([at, document.head.turn === null || document.head.state, revocationsIn(document)]).toEqual([
      at,
      'stopped',
      1,
    ]);
    expect((await scenario.at(parent)).group?.errands).toEqual([]);
    if (scenario.sichuan.crashes === 0) {
      expect(at).toBeGreaterThan(20);
      return;
    }
  }
}, 120_000);

test('without rule 23, a member whose opening nobody wrote down stays alive', async () => {
  const alive: number[] = [];
  for (let at = 0; at < 30; at++) {
    await fresh();
    const scenario = new Scenario([23], at);
    await scenario.begin();
    await scenario.revoke();
    await scenario.schedule.heal();
    if ((await scenario.at(member)).head.state === 'offered') alive.push(at);
  }
  expect(alive).not.toEqual([]);
}, 120_000);

test('after a restore the parent finds its members again, and what they have not followed yet', async () => {
  await fresh();
  const scenario = new Scenario();
  await scenario.begin();
  const { cases } = stores.sichuan;
  const kept = await cases.get(parent);
  if (!kept) throw new Error('no parent');
  const { group: _, ...older } = kept.document;
  await cases.replace(older, kept.version);
  await scenario.revoke();
  expect((await scenario.at(member)).asks).toEqual([]);
  await scenario.sichuan.process(0).groups.recount();
  expect((await scenario.at(parent)).group?.members.map((each) => each.case)).toEqual([member]);
  expect(await scenario.end()).toEqual([]);
  expect(revocationsIn(await scenario.at(member))).toBe(1);
  await scenario.sichuan.process(0).groups.recount();
  expect((await scenario.at(parent)).group?.errands).toEqual([]);
});

test('two who sign and suspend at once: the one who read the parent before it moved reads it again', async () => {
  await fresh();
  const scenario = new Scenario();
  await scenario.begin();
  const other = command(
    'offer',
    'other',
    { subject: '另一分事项' },
    { under: parent, to: { province: 'chongqing', unit: 'cq-yuzhou-prison' } },
  );
  await scenario.schedule.desk.request(
    {
      province: 'sichuan',
      case: idOf('other'),
      what: { do: 'open', workflow: part.id, definition: 1, command: other, alias: 'other' },
    },
    0,
  );
  const draft = uuidOf(`${idOf('other')} draft other`);
  // Between the reading of the parent and the save of the signature, the parent is revoked by another process.
  scenario.sichuan.interruption = () => scenario.revoke();
  await scenario.schedule.desk.request(
    { province: 'sichuan', case: idOf('other'), what: { do: 'sign', draft, signer: leader, key: 'other' } },
    1,
  );
  expect([...scenario.schedule.desk.refusals]).toEqual([['not-possible', 1]]);
  expect((await scenario.at(idOf('other'))).status).toBe('draft');
  expect(await scenario.end()).toEqual([]);
});
