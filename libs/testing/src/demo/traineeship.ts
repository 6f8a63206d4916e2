import type { CasePage, MemberView } from '@chuanyu/service';
import { granted, type CaseRef, type Reply } from '../client';
import type { Day } from './day';
import type { Party } from './handover';

export const sichuanBar: Party = {
  province: 'sichuan',
  unit: 'sc-bar',
  officer: 'sc.yuanmei',
  leader: 'sc.zenghui',
};
export const chongqingBar: Party = {
  province: 'chongqing',
  unit: 'cq-bar',
  officer: 'cq.gonghao',
  leader: 'cq.menglei',
};
export const guizhouBar: Party = {
  province: 'guizhou',
  unit: 'gz-bar',
  officer: 'gz.ranting',
  leader: 'gz.yaogang',
};
const WEEK = 7 * 86_400_000;

/** One trainee's certificate, and the recognitions under it. */
export class Traineeship {
  private constructor(
    private readonly day: Day,
    readonly certificate: CaseRef,
    readonly home: Party,
  ) {}

  /** Drafted, signed, and in publicity. */
  static async publicise(
    day: Day,
    home = sichuanBar,
    form: object = day.personas.anInternship(),
  ): Promise<Traineeship> {
    const officer = await day.officer(home.officer);
    const opened = granted(await officer.open('lawyer.trainee-certificate', { form }));
    const made = new Traineeship(day, { workflow: 'lawyer.trainee-certificate', id: opened.id }, home);
    await made.sign(home, made.certificate);
    return made;
  }
  /** A week goes by without an objection. */
  async passesPublicity(): Promise<CasePage> {
    await this.day.advance(WEEK);
    return this.reaches(this.home, this.certificate, 'certified');
  }
  /** Asked of the other province, not signed yet. */
  async draft(to: Party): Promise<Reply<CasePage>> {
    const { province, unit } = to;
    const officer = await this.day.officer(this.home.officer);
    const under = this.certificate.id;
    return officer.open('lawyer.trainee-recognition', { to: { province, unit }, form: {}, under });
  }
  /** Asked, signed, and arrived. */
  async send(to: Party): Promise<CaseRef> {
    const ref = { workflow: 'lawyer.trainee-recognition', id: granted(await this.draft(to)).id };
    await this.sign(this.home, ref);
    await this.reaches(to, ref, 'sent');
    return ref;
  }
  async recognise(by: Party, ref: CaseRef): Promise<void> {
    await this.take(by, ref, 'recognise', { on: this.day.today });
    await this.reaches(this.home, ref, 'recognised');
  }

  async page(party: Party, ref: CaseRef): Promise<CasePage> {
    return granted(await (await this.day.officer(party.officer)).page(ref));
  }
  /** A step by the officer, signed where it needs to be. */
  async take(party: Party, ref: CaseRef, step: string, form: object): Promise<CasePage> {
    const officer = await this.day.officer(party.officer);
    const page = granted(await officer.step(ref, step, form));
    const drafted = page.drafts.some((draft) => draft.step === step && draft.status === 'sent');
    return drafted ? this.sign(party, ref) : page;
  }
  async sign(party: Party, ref: CaseRef): Promise<CasePage> {
    const leader = await this.day.officer(party.leader);
    const [draft] = granted(await leader.page(ref)).drafts.filter(({ status }) => status === 'sent');
    const id = draft?.id ?? '';
    // By the list, as a leader finds it: it may come a moment later.
    await this.day.until(`待审 ${id}`, async () =>
      granted(await leader.toSign()).items.some((item) => item.draft.id === id),
    );
    return granted(await leader.sign(id));
  }
  async reaches(party: Party, ref: CaseRef, state: string): Promise<CasePage> {
    const officer = await this.day.officer(party.officer);
    return this.day.until(`${ref.id} → ${state}`, async () => {
      const reply = await officer.page(ref);
      return reply.ok && reply.body.state.name === state && reply.body;
    });
  }
  /** The list of those who took a step in a case under the certificate. */
  async members(took?: string): Promise<readonly MemberView[]> {
    const officer = await this.day.officer(this.home.officer);
    return granted(await officer.members(this.certificate, took)).members;
  }
}
