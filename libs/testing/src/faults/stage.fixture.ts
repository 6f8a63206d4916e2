import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officersOfTwo, TokenIssuer } from '@chuanyu/access';
import type { Limits } from '@chuanyu/engine';
import { Provinces, type ProvincesOptions, type RunningProvince } from '@chuanyu/provinces';
import { addDays, realTime, today, twoProvinces } from '@chuanyu/reference';
import { agree, CallRefused, Session, type Agreed, type Opened } from './session.fixture';

export interface StageOptions {
  readonly limits?: Partial<Limits>;
  /** Until the agreement expires: 700 unless said. */
  readonly agreedDays?: number;
  readonly attachments?: ProvincesOptions['attachments'];
  readonly journal?: ProvincesOptions['journal'];
}

/** 四川 and 重庆 in one process on a folder of their own, with the officers of both at hand. */
export class Stage {
  readonly errors: string[] = [];
  readonly alarms: string[] = [];
  readonly sessions = new Map<string, Promise<Session>>();
  private clauses: Agreed | undefined;
  private running: Provinces | undefined;
  private constructor(
    readonly folder: string,
    private readonly options: StageOptions,
  ) {}

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'faults-')), options);
    await stage.start();
    return stage;
  }
  /** With an agreement in force that lets everything of a release handover flow. */
  static async agreed(options: StageOptions = {}): Promise<Stage> {
    const stage = await Stage.open(options);
    stage.clauses = await agree(stage, options.agreedDays);
    return stage;
  }
  async start(): Promise<void> {
    this.sessions.clear();
    this.running = await Provinces.start({
      data: this.folder,
      directory: twoProvinces,
      officers: officersOfTwo,
      onError: (where, error) =>
        this.errors.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
      onAlarm: (what) => this.alarms.push(what),
      ...(this.options.journal ? { journal: this.options.journal } : {}),
      ...(this.options.attachments ? { attachments: this.options.attachments } : {}),
      ...(this.options.limits ? { limits: this.options.limits } : {}),
    });
  }
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }
  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get provinces(): Provinces {
    if (!this.running) throw new Error('the stage is not running');
    return this.running;
  }
  get sichuan(): RunningProvince {
    return this.provinces.province('sichuan');
  }
  get chongqing(): RunningProvince {
    return this.provinces.province('chongqing');
  }
  /** The agreement of this stage. */
  get agreement(): Agreed {
    if (!this.clauses) throw new Error('nothing was agreed on this stage');
    return this.clauses;
  }
  other(province: RunningProvince): RunningProvince {
    return province === this.sichuan ? this.chongqing : this.sichuan;
  }
  drain(): Promise<void> {
    return this.provinces.drain();
  }
  /** Moves the clocks, lets time do its work, and waits until nothing moves. */
  async pass(milliseconds: number): Promise<void> {
    await this.provinces.advance(milliseconds);
    await this.drain();
  }

  /** An officer who is signed in; the token is made with the province's own key. */
  as(officer: string): Promise<Session> {
    const known = this.sessions.get(officer) ?? this.signedIn(officer);
    this.sessions.set(officer, known);
    return known;
  }
  private async signedIn(officer: string): Promise<Session> {
    const province = officer.startsWith('sc.') ? this.sichuan : this.chongqing;
    const of = twoProvinces.province(province.options.id);
    if (!of) throw new Error(province.options.id);
    const issuer = new TokenIssuer(await province.options.files.tokenKey(), of, realTime);
    return new Session(province.url, (await issuer.issue(officer)).token);
  }

  /** A release handover of 成都监狱 to 渝北, opened and signed; not drained. */
  async openHandover(changed: object = {}): Promise<string> {
    const zhou = await this.as('sc.zhouwei');
    const opened = await zhou.post<Opened>('/api/prison/release-handover', {
      to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
      form: { ...aNotice(today(this.sichuan.options.clock)), ...changed },
    });
    const draft = opened.drafts[0]?.id ?? '';
    await (await this.as('sc.chenguoqiang')).post(`/api/prison/release-handover/${opened.id}/drafts/${draft}/sign`, {});
    return opened.id;
  }
  /** 渝北 verifies. */
  async verify(id: string, changed: object = {}): Promise<void> {
    await (await this.as('cq.zhangmin')).step(id, 'verify', { ...aVerification, ...changed });
  }
  async plan(id: string, changed: object = {}): Promise<void> {
    await (await this.as('sc.zhouwei')).step(id, 'plan', { opinion: '可以接收', advice: '就业帮扶', ...changed });
  }
}

/** Every value of a person in it is one that stands nowhere else, so that it can be looked for. */
export const aNotice = (date: string): Record<string, unknown> => ({
  name: '欧阳晓舟',
  residentId: '510107199003077216',
  offence: '盗窃罪甲乙',
  sentence: '有期徒刑三年零四个月',
  releaseDate: addDays(date, 60),
  household: '500112',
  address: '重庆市渝北区龙溪街道某路17号',
  familyContact: '欧阳远山',
  familyTelephone: '13800001234',
  keyPerson: false,
  risk: '中',
  assessment: '狱内表现平稳丙丁',
});
export const aVerification = { result: '属实', familyWilling: true, housing: '租住', notes: '走访两次戊己' };

/** Waits until a condition holds; fails with what is missing after the deadline. */
export const eventually = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 15_000,
): Promise<void> => {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
export { CallRefused, Session };
