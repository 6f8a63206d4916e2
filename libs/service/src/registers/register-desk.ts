import type { AuditLog, Officer, Officers } from '@chuanyu/access';
import { BadCursor, type Kept } from '@chuanyu/collections';
import { Refusal, type JsonObject } from '@chuanyu/contracts';
import { readForm, schemaOf, textIn, type Register, type Schema, type Workflows } from '@chuanyu/engine';
import { dateOf, type Clock, type Directory } from '@chuanyu/reference';
import type { KeptRecord } from './collections';
import { RegisterKeepers } from './keepers';
import type { RegisterBook } from './register-book';
import { mustBeSound, planOf, tableIn, type ImportAnswer } from './import-plan';
import { readSheet, template } from './sheet';

export interface RegisterDeskOptions {
  readonly config: {
    readonly province: { readonly directory: Directory; readonly officers: Officers; readonly clock: Clock };
    readonly domain: string;
    readonly workflows: Workflows;
  };
  readonly registers: RegisterBook;
  readonly audit: AuditLog;
}
export interface RecordView {
  readonly id: string;
  readonly version: string;
  readonly unit: string;
  readonly key: string;
  readonly record: JsonObject;
  readonly revision: number;
  readonly removed: boolean;
  readonly changed: Changed;
}
interface Changed {
  readonly by: { readonly id: string; readonly name: string };
  readonly at: string;
  readonly how: KeptRecord['change'];
}
export interface RegisterView {
  readonly name: string;
  readonly title: string;
  readonly english: string;
  readonly key: string;
  readonly schema: Schema;
  readonly mayKeep: boolean;
  readonly units: readonly { readonly id: string; readonly name: string; readonly records: number }[];
  readonly href: string;
}
/** So many earlier versions are shown. */
const HISTORY = 50;

/** What officers do with registers: who may comes first in every method, and every look is audited. */
export class RegisterDesk {
  private readonly keepers: RegisterKeepers;
  constructor(private readonly options: RegisterDeskOptions) {
    const { domain, workflows, province } = options.config;
    this.keepers = new RegisterKeepers(workflows.of(domain), province.directory);
  }

  /** The registers that this officer may look into, and whose. */
  async overview(officer: Officer): Promise<readonly RegisterView[]> {
    const { registers: book, config } = this.options;
    const { domain, province } = config;
    const roles = this.rolesOf(officer);
    const views = await Promise.all(
      this.all().map(async (register) => {
        const counted = await book.count(register.name);
        const units = new Map([...(this.mayKeep(officer, register) ? [[officer.unit, 0] as const] : []), ...counted]);
        return {
          name: register.name,
          title: register.title,
          english: register.english,
          key: register.key,
          schema: schemaOf(register.of),
          mayKeep: this.mayKeep(officer, register),
          units: [...units]
            .filter(([unit]) => this.keepers.mayRead(officer, roles, register, unit))
            .map(([id, records]) => ({ id, name: province.directory.unit(id)?.name ?? id, records })),
          href: `/api/${domain}/registers/${register.name}`,
        };
      }),
    );
    return views.filter(({ units, mayKeep }) => mayKeep || units.length > 0);
  }
  async list(
    officer: Officer,
    name: string,
    { unit = officer.unit, q, limit, after }: { unit?: string; q?: string; limit: number; after?: string },
  ): Promise<{ readonly items: readonly RecordView[]; readonly next: string | null }> {
    const register = this.readable(officer, name, unit);
    try {
      const more = { ...(q === undefined ? {} : { q }), ...(after === undefined ? {} : { after }) };
      const page = await this.options.registers.list({ register: name, units: [unit], limit, ...more });
      await this.note(officer, 'list-records', register, { unit, records: page.items.length });
      return { items: page.items.map((kept) => this.view(kept)), next: page.next ?? null };
    } catch (error) {
      if (!(error instanceof BadCursor)) throw error;
      throw new Refusal('bad-request', '翻页标记已失效，请从第一页重新查看', {
        errors: [{ pointer: '/after', rule: 'cursor', detail: '应为上一页答复中的 next' }],
      });
    }
  }
  async read(
    officer: Officer,
    name: string,
    id: string,
  ): Promise<RecordView & { readonly history: readonly Omit<RecordView, 'version'>[] }> {
    const { register, kept } = await this.see(officer, name, id);
    await this.note(officer, 'read-record', register, { record: id });
    const history = await this.options.registers.history(id, HISTORY);
    return { ...this.view(kept), history: history.map((was) => this.past(was)) };
  }

  async add(officer: Officer, name: string, record: unknown): Promise<RecordView> {
    const register = this.kept(officer, name);
    const form = readRecord(register, record);
    const place = { register: name, unit: officer.unit, key: textIn(form, register.key) ?? '' };
    const kept = await this.options.registers.add(place, form, officer.id);
    await this.note(officer, 'add-record', register, { record: kept.document.id });
    return this.view(kept);
  }
  async put(officer: Officer, name: string, id: string, version: string, record: unknown): Promise<RecordView> {
    const { register, kept } = await this.own(officer, name, id);
    const form = readRecord(register, record);
    if (form[register.key] !== kept.document.key)
      throw new Refusal(
        'bad-form',
        '该项是这条记录的标识，不能修改；请另建一条',
        { errors: [{ pointer: `/record/${register.key}`, rule: 'key', detail: `应为 ${kept.document.key}` }] },
        'The key of a record cannot change',
      );
    const put = await this.options.registers.put(kept.document, version, form, officer.id);
    await this.note(officer, 'put-record', register, { record: id, revision: put.document.revision });
    return this.view(put);
  }
  async remove(officer: Officer, name: string, id: string, version: string): Promise<RecordView> {
    const { register, kept } = await this.own(officer, name, id);
    const removed = await this.options.registers.remove(kept.document, version, officer.id);
    await this.note(officer, 'remove-record', register, { record: id });
    return this.view(removed);
  }

  async template(officer: Officer, name: string): Promise<{ readonly title: string; readonly bytes: Buffer }> {
    const register = this.kept(officer, name);
    return { title: register.title, bytes: await template(register) };
  }
  /** Takes a whole file in, or nothing of it. A dry run only says what it would do. */
  async import(
    officer: Officer,
    name: string,
    file: { readonly bytes: Buffer; readonly format: 'xlsx' | 'csv'; readonly dryRun: boolean },
  ): Promise<ImportAnswer> {
    const register = this.kept(officer, name);
    const { registers: book } = this.options;
    const sheet = readSheet(register, await tableIn(file));
    if (!file.dryRun) mustBeSound(sheet);
    const keys = sheet.rows.map(({ key }) => key);
    const plan = planOf(sheet, await book.known(name, officer.unit, keys));
    if (!file.dryRun && plan.rows.length > 0) await book.imports.take(name, officer.unit, plan.rows, officer.id);
    const { added, changed, unchanged } = plan.answer;
    const counts = { added, changed, unchanged, faults: sheet.faults.length };
    await this.note(officer, file.dryRun ? 'try-import' : 'import-records', register, counts);
    return { dryRun: file.dryRun, ...plan.answer };
  }

  private all(): readonly Register[] {
    return this.options.config.workflows.registers(this.options.config.domain);
  }
  private register(name: string): Register {
    const found = this.all().find((each) => each.name === name);
    if (found) return found;
    const possible = this.all().map(({ name: each, title }) => ({ register: each, title }));
    throw new Refusal('not-found', '没有这个台账', { possible }, 'No such register');
  }
  private mayKeep(officer: Officer, register: Register): boolean {
    return this.keepers.mayKeep(officer, this.rolesOf(officer), register);
  }
  /** The own roles, and those of absent colleagues of the unit whom the officer stands in for (代办). */
  private rolesOf(officer: Officer): readonly string[] {
    const { officers, clock } = this.options.config.province;
    const absent = officers.absentFor(officer, dateOf(clock.now())).filter(({ unit }) => unit === officer.unit);
    return [...new Set([officer, ...absent].flatMap(({ roles }) => roles))];
  }
  /** A register that this officer keeps for the own unit. */
  private kept(officer: Officer, name: string): Register {
    const register = this.register(name);
    if (!this.mayKeep(officer, register))
      throw new Refusal(
        'not-allowed',
        `「${register.title}」由本单位管理该台账的人员维护`,
        {},
        'Others keep this register',
      );
    return register;
  }
  private readable(officer: Officer, name: string, unit: string): Register {
    const register = this.register(name);
    if (!this.keepers.mayRead(officer, this.rolesOf(officer), register, unit))
      throw new Refusal('not-allowed', '不能查阅该单位的台账', {}, 'This unit’s register is not for you');
    return register;
  }
  /** A record that this officer may read; anything else answers as not found. */
  private async see(officer: Officer, name: string, id: string) {
    const register = this.register(name);
    const kept = /^[0-9a-f-]{36}$/.test(id) ? await this.options.registers.get(id) : undefined;
    const unit = kept?.document.register === name ? kept.document.unit : undefined;
    if (!kept || unit === undefined || !this.keepers.mayRead(officer, this.rolesOf(officer), register, unit))
      throw new Refusal('not-found', '没有这条记录', {}, 'No such record');
    return { register, kept };
  }
  private async own(officer: Officer, name: string, id: string) {
    const seen = await this.see(officer, name, id);
    this.kept(officer, name);
    if (seen.kept.document.unit !== officer.unit)
      throw new Refusal('not-allowed', '其他单位的台账只能查阅', {}, 'Another unit keeps it');
    return seen;
  }
  private view({ document, version }: Kept<KeptRecord>): RecordView {
    return { ...this.past(document), version };
  }
  private past({ id, unit, key, record, revision, removed, by, at, change }: KeptRecord): Omit<RecordView, 'version'> {
    const name = this.options.config.province.officers.officer(by)?.name ?? by;
    return { id, unit, key, record, revision, removed, changed: { by: { id: by, name }, at, how: change } };
  }
  private async note(
    officer: Officer,
    act: string,
    register: Register,
    detail: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    await this.options.audit.append({
      who: officer.id,
      unit: officer.unit,
      act,
      outcome: 'done',
      detail: { register: `${this.options.config.domain}.${register.name}`, ...detail },
    });
  }
}

const readRecord = (register: Register, value: unknown): JsonObject => {
  const result = readForm(register.of, value);
  if ('form' in result) return result.form;
  const errors = result.faults.map((fault) => ({ ...fault, pointer: `/record${fault.pointer}` }));
  throw new Refusal('bad-form', `记录有 ${errors.length} 处需要修改`, { errors }, 'The record has faults');
};
