import { join } from 'node:path';
import { TokenIssuer } from '@chuanyu/access';
import { ProvinceFiles } from '@chuanyu/provinces';
import { realTime, today, twoProvinces } from '@chuanyu/reference';
import { ServiceProcess } from './service-process.fixture';
import { aNotice, Session, Stage } from './stage.fixture';

/** Services in processes of their own, on what a stage has agreed before; officers ask them without a gateway between. */
export class Deployed {
  private readonly started: ServiceProcess[] = [];
  private constructor(
    private readonly stage: Stage,
    private readonly tokens: ReadonlyMap<string, string>,
  ) {}
  static async agreed(...officers: readonly string[]): Promise<Deployed> {
    const stage = await Stage.agreed();
    await stage.stop();
    const tokens = new Map<string, string>();
    for (const officer of officers) {
      const id = officer.startsWith('sc.') ? 'sichuan' : 'chongqing';
      const of = twoProvinces.province(id);
      if (!of) throw new Error(id);
      const issuer = new TokenIssuer(await new ProvinceFiles(join(stage.folder, id)).tokenKey(), of, realTime);
      tokens.set(officer, (await issuer.issue(officer)).token);
    }
    return new Deployed(stage, tokens);
  }
  async start(app: string, province: string): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(app, province, join(this.stage.folder, province));
    this.started.push(service);
    return service;
  }
  async close(): Promise<void> {
    for (const each of this.started) if (each.isRunning) each.signal('SIGKILL');
    await Promise.all(this.started.map((each) => each.ended()));
    await this.stage.close();
  }
  token(officer: string): string {
    return this.tokens.get(officer) ?? '';
  }
  as(officer: string, at: ServiceProcess): Session {
    return new Session(at.url, this.token(officer));
  }
}

/** Of a release handover of 成都监狱 to 渝北. */
export const opening = () => ({
  to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
  form: aNotice(today(realTime)),
});
