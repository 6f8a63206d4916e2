import { each, openSqlite, type Database } from '@chuanyu/collections';
import { Refusal, type Message } from '@chuanyu/contracts';
import { anAttached, signDraft, takeStep, type CaseDocument, type Command, type Who } from '@chuanyu/engine';
import { FixedClock, instantAt, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import { CaseKeeper, CaseReceiver, casesOf, historyOf, RegisterBook, type ArchivedLink } from '@chuanyu/service';
import { prisonVisit, workflows } from '@chuanyu/workflows';

export const prison = 'sc-chengdu-prison';
export const room = '大厅';
/** A Monday early in a month, so that many days of it lie ahead. */
const now = Date.parse('2026-11-02T01:00:00.000Z');
const office: Who = { officer: 'cq.luwei', unit: 'cq-yubei-longxi', roles: ['judicial-officer'] };
const officer: Who = { officer: 'sc.wangping', unit: prison, roles: ['visit-officer'] };
const leader: Who = { officer: 'sc.zhengkai', unit: prison, roles: ['visit-leader'] };

/** The n-th half-hour of a room that is open from nine to five, from tomorrow on. */
export const slot = (n: number): { readonly room: string; readonly start: string } => {
  const [day, half] = [Math.floor(n / 16), n % 16];
  const time = `${String(9 + Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`;
  return { room, start: instantAt(`2026-11-${String(3 + day).padStart(2, '0')}`, time) };
};
export const inmate = (n: number): string => `51${String(n).padStart(5, '0')}`;

/** One side's prison service over a store, without network: what processes share is the file. */
export class Hall {
  private constructor(
    readonly province: string,
    readonly database: Database,
    readonly keeper: CaseKeeper,
    readonly registers: RegisterBook,
  ) {}
  static async open(province: string, file = ':memory:'): Promise<Hall> {
    const database = await openSqlite({ file });
    const clock = new FixedClock(now);
    const registers = await RegisterBook.open(database, 'prison', clock);
    const keeper = new CaseKeeper({
      province,
      domain: 'prison',
      directory: twoProvinces,
      workflows: workflows.of('prison'),
      clock,
      calendar: publishedCalendar,
      epoch: () => 1,
      cases: await database.collection<CaseDocument>(casesOf('prison')),
      history: await database.collection<ArchivedLink>(historyOf('prison')),
      clauses: { covering: () => ({ clause: 'agreement/1' }) },
      find: (register, unit, key) => registers.find({ register, unit, key }),
      file: () => Promise.resolve(anAttached),
    });
    return new Hall(province, database, keeper, registers);
  }
  /** So many people who may be visited by 李兰, and one room. */
  async furnish(people: number): Promise<this> {
    const weekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];
    const record = { name: room, weekdays, opens: '09:00', closes: '17:00' };
    await this.registers.imports.take('rooms', prison, [{ key: room, record }], officer.officer);
    const rows = Array.from({ length: people }, (_, n) => ({
      key: inmate(n),
      record: { number: inmate(n), name: '王某', level: '宽管', relatives: ['李兰'] },
    }));
    await this.registers.imports.take('inmates', prison, rows, officer.officer);
    return this;
  }

  /** An office applies; answers the case. */
  async apply(of: string, key: string): Promise<string> {
    const form = {
      place: prison,
      inmate: of,
      visitors: [{ name: '李兰', relation: '配偶' }],
      evidence: anAttached,
      times: [{ start: slot(0).start }],
    };
    const command = { ...said(key), step: 'apply', form, who: office, to: { province: 'sichuan', unit: prison } };
    return (await this.keeper.open(prisonVisit, command)).kept.document.id;
  }
  /** The prison drafts the approval; answers the draft. */
  async draft(id: string, form: object, key = `approve ${id}`): Promise<string> {
    const command: Command = { ...said(key), step: 'approve', form, who: officer };
    return (await this.keeper.change(id, (work, context) => takeStep(work, context, command))).result.what;
  }
  /** The leader signs; answers the refusal where it was refused. */
  async sign(id: string, draft: string): Promise<Refusal | undefined> {
    try {
      await this.keeper.change(id, (work, context) => signDraft(work, context, draft, leader));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
  /** Everything that this side has said to the other arrives there. */
  async carry(to: Hall): Promise<void> {
    const receiver = new CaseReceiver(to.keeper);
    const { cases } = this.keeper.options;
    for (;;) {
      const pending = await cases.pending(500);
      if (pending.length === 0) return;
      for (const { value } of pending) {
        const message = value as Message;
        if (message.to === to.province) await receiver.receive({ ...message, from: this.province });
      }
      await cases.settle(pending.map(({ id }) => id));
    }
  }
  /** What cases hold of rooms and of the month's visits, and the numbers that they were given. */
  async claims(): Promise<{ readonly rooms: string[]; readonly visits: string[]; readonly numbers: string[] }> {
    const all: string[] = [];
    for await (const { document } of each(this.keeper.options.cases, { limit: 500 })) all.push(...document.claims);
    const of = (prefix: string) => all.filter((claim) => claim.startsWith(prefix)).sort();
    return { rooms: of(`${prisonVisit.id}#0`), visits: of(`${prisonVisit.id}#1`), numbers: of('number ') };
  }
}
const said = (key: string) => ({ key, fingerprint: key, overrides: [] });
