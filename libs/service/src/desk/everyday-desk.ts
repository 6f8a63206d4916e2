import { Refusal } from '@chuanyu/contracts';
import { assign, circulate, seal, takeIn, unitInCharge, urge } from '@chuanyu/engine';
import type { CasePage } from './case-page';
import type { At, DeskGround } from './ground';

/** The daily life of an office around a case: local to the province, but for a receipt and a notice. */
export class EverydayDesk {
  constructor(private readonly ground: DeskGround) {}

  /** 签收 */
  async takeIn(at: At): Promise<CasePage> {
    const seen = await this.ground.see(at);
    if (at.officer.unit !== unitInCharge(seen.document))
      throw new Refusal('not-allowed', '由受理单位的经办人签收', {}, 'An officer of the addressed unit takes it in');
    const who = this.ground.whoAt(at.officer, at.officer.unit);
    const { kept } = await this.ground.change(at, undefined, (work, context) => takeIn(work, context, who), seen);
    await this.ground.note(at.officer, 'take-in', kept.document, {});
    return this.ground.page(at.officer, kept);
  }
  /** 指定承办人 · 移交 */
  async assign(at: At, to: string, deputies: readonly string[]): Promise<CasePage> {
    const seen = await this.ground.see(at);
    const unit = unitInCharge(seen.document);
    for (const id of [to, ...deputies]) {
      const named = this.ground.options.officers.officer(id);
      if (named?.unit !== unit)
        throw new Refusal(
          'bad-request',
          '承办人须为本单位人员',
          {
            errors: [
              {
                pointer: '/officer',
                rule: 'own-unit',
                detail: `可选：${this.ground.options.officers
                  .ofUnit(unit)
                  .map((each) => each.id)
                  .join('、')}`,
              },
            ],
          },
          'The officer in charge is of the unit in charge',
        );
    }
    const { kept } = await this.ground.change(
      at,
      undefined,
      (work, context) => assign(work, context, this.ground.whoAt(at.officer, unit), { officer: to, deputies }),
      seen,
    );
    await this.ground.note(at.officer, 'assign', kept.document, { to });
    return this.ground.page(at.officer, kept);
  }
  /** 传阅: read-only, to colleagues of the same province. */
  async circulate(at: At, readers: readonly string[]): Promise<CasePage> {
    const seen = await this.ground.see(at);
    const { province, directory } = this.ground.options.keeper.options;
    for (const id of readers) {
      const named = this.ground.options.officers.officer(id);
      if (!named || directory.unit(named.unit)?.province !== province)
        throw new Refusal(
          'bad-request',
          '只能传阅给本省（市）的同事',
          { errors: [{ pointer: '/officers', rule: 'own-province', detail: '应为本省（市）经办人的用户名' }] },
          'Only colleagues of the same province',
        );
    }
    const { kept } = await this.ground.change(
      at,
      undefined,
      (work, context) => circulate(work, context, this.ground.whoAt(at.officer, unitInCharge(seen.document)), readers),
      seen,
    );
    await this.ground.note(at.officer, 'circulate', kept.document, { readers: readers.length });
    return this.ground.page(at.officer, kept);
  }
  /** 封存 (刑事诉讼法 286): only the officers in charge and their leader find it from now on. */
  async seal(at: At, sealed: boolean): Promise<CasePage> {
    const seen = await this.ground.see(at);
    const workflow = this.ground.options.keeper.workflowOf(seen.document);
    if (!this.ground.isLeader(at.officer, seen.document, workflow))
      throw new Refusal('not-allowed', '封存与解封由负责人办理', {}, 'The leader seals and unseals');
    const { kept } = await this.ground.change(
      at,
      undefined,
      (work, context) => seal(work, context, this.ground.whoAt(at.officer, unitInCharge(seen.document)), sealed),
      seen,
    );
    await this.ground.note(at.officer, sealed ? 'seal' : 'unseal', kept.document, {});
    return this.ground.page(at.officer, kept);
  }
  /** 催办 · 督办 */
  async urge(at: At, note: string, key: string): Promise<CasePage> {
    const seen = await this.ground.see(at);
    this.ground.options.mayWrite?.();
    const { kept } = await this.ground.change(at, undefined, (work, context) => urge(work, context, note, key), seen);
    await this.ground.note(at.officer, 'urge', kept.document, {});
    return this.ground.page(at.officer, kept);
  }
}
