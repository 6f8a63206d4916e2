import type { CasePage } from '@chuanyu/service';
import { granted, type Asking, type CaseRef } from '../client';
import type { NoticeForm } from '../personas';
import type { Day } from './day';

/** Who acts for one side of a case. */
export interface Party {
  readonly province: string;
  readonly unit: string;
  readonly officer: string;
  readonly leader: string;
}
export const chengduPrison: Party = {
  province: 'sichuan',
  unit: 'sc-chengdu-prison',
  officer: 'sc.zhouwei',
  leader: 'sc.chenguoqiang',
};
export const yubei: Party = {
  province: 'chongqing',
  unit: 'cq-yubei-resettlement',
  officer: 'cq.zhangmin',
  leader: 'cq.wangjianhua',
};
export const jiangbei: Party = {
  province: 'chongqing',
  unit: 'cq-jiangbei-resettlement',
  officer: 'cq.zhaolei',
  leader: 'cq.qinfang',
};

const LATE = '应当在释放三十日前通报；逾期通报须写明理由';
/** The reason that a late notice needs. */
export const late = (reason: string): Asking => ({ overrides: [{ advice: LATE, reason }] });

/** One prisoner's release, as the two offices handle it: takes what is usual, so that a chapter tells only what is not. */
export class Handover {
  constructor(
    private readonly day: Day,
    readonly ref: CaseRef,
    readonly origin: Party,
    public counterpart: Party,
  ) {}

  /** Drafted, signed, and arrived at the other side. */
  static async notify(
    day: Day,
    form: NoticeForm,
    {
      origin = chengduPrison,
      counterpart = yubei,
      arrives = true,
    }: { origin?: Party; counterpart?: Party; arrives?: boolean } = {},
  ): Promise<Handover> {
    const officer = await day.officer(origin.officer);
    const { province, unit } = counterpart;
    const opened = granted(
      await officer.open('prison.release-handover', { to: { province, unit }, form, ...late('减刑裁定今日送达') }),
    );
    const handover = new Handover(day, { workflow: 'prison.release-handover', id: opened.id }, origin, counterpart);
    await handover.sign(origin);
    if (arrives) await handover.reaches('notified');
    return handover;
  }

  async at(party: Party): Promise<CasePage> {
    return granted(await (await this.day.officer(party.officer)).page(this.ref));
  }
  /** The leader signs what waits. */
  async sign(party: Party): Promise<CasePage> {
    const leader = await this.day.officer(party.leader);
    const [draft] = granted(await leader.page(this.ref)).drafts.filter(({ status }) => status === 'sent');
    const id = draft?.id ?? '';
    // By the list, as a leader finds it: it may come a moment later.
    await this.day.until(`待审 ${id}`, async () =>
      granted(await leader.toSign()).items.some((item) => item.draft.id === id),
    );
    return granted(await leader.sign(id));
  }
  /** A step by the officer, signed where it needs to be. */
  async take(party: Party, step: string, form?: object, asking: Asking = {}): Promise<CasePage> {
    const officer = await this.day.officer(party.officer);
    const page = granted(await officer.step(this.ref, step, form, asking));
    const drafted = page.drafts.some((draft) => draft.step === step && draft.status === 'sent');
    return drafted ? this.sign(party) : page;
  }
  /** Both sides stand in this state with the same history. */
  async reaches(state: string): Promise<CasePage> {
    return this.day.until(`${this.ref.id} → ${state}`, async () => {
      const [mine, theirs] = await Promise.all(
        [this.origin, this.counterpart].map(async ({ officer }) => (await this.day.officer(officer)).page(this.ref)),
      );
      if (!mine?.ok || !theirs?.ok) return undefined;
      const here = mine.body.state.name === state && mine.body.head === theirs.body.head;
      return here ? mine.body : undefined;
    });
  }

  async verify(): Promise<void> {
    await this.take(this.counterpart, 'verify', this.day.personas.aVerification());
    await this.reaches('verified');
  }
  async plan(): Promise<void> {
    await this.take(this.origin, 'plan', this.day.personas.aPlan());
    await this.reaches('planned');
  }
  async accept(pickUp?: string): Promise<void> {
    await this.take(this.counterpart, 'accept', this.day.personas.anAcceptance(pickUp));
    await this.reaches('accepted');
  }
}
