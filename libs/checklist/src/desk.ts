import { OPERATOR, type AuditLog, type Officer } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import { spreadsheet } from '@chuanyu/documents';
import { cooperationItems } from '@chuanyu/reference';
import type { DomainHouse } from '@chuanyu/service';
import type { ChecklistBook } from './book';
import { clauseLines, type ClauseLine } from './clause-register';
import { checklistOf, type ChecklistLine } from './line';
import { concerns, selected } from './query';
import { sheetsOf } from './sheets';
import { totalsOf, type Totals } from './totals';

/** The checklist as an officer may see it. */
export interface ChecklistPage {
  readonly asOf: string;
  readonly totals: Totals;
  /** Items of the list without a project that this officer may see. */
  readonly withoutProject: readonly string[];
  readonly items: readonly ChecklistLine[];
  /** When each province's services last stated their counts: older while the line is cut. */
  readonly counted: readonly { readonly province: string; readonly domain: string; readonly at: string }[];
}

/** What officers ask of the checklist, and who may see what of it. */
export class ChecklistDesk {
  constructor(
    private readonly book: ChecklistBook,
    private readonly house: DomainHouse,
  ) {}

  async page(officer: Officer, url: string): Promise<ChecklistPage> {
    const { directory, clock } = this.house.config.province;
    const { lines, counted } = await this.visible(officer);
    const items = selected(url, lines, directory);
    const known = new Set(lines.map(({ item }) => item));
    return {
      asOf: clock.now(),
      totals: totalsOf(items),
      withoutProject: seesAll(officer, this.house)
        ? cooperationItems.flatMap(({ item }) => (known.has(item) ? [] : [item]))
        : [],
      items,
      counted,
    };
  }
  async sheet(officer: Officer, url: string): Promise<Buffer> {
    const { directory, clock } = this.house.config.province;
    const { lines } = await this.visible(officer);
    const items = selected(url, lines, directory);
    await this.audit.append({
      who: officer.id,
      unit: officer.unit,
      act: 'export-checklist',
      outcome: 'done',
      detail: { projects: items.length },
    });
    return spreadsheet(sheetsOf(items, directory), clock.now());
  }
  /** For liaison offices and justice departments: which paragraphs let what flow. */
  clauses(officer: Officer): { readonly asOf: string; readonly items: readonly ClauseLine[] } {
    if (!seesAll(officer, this.house))
      throw new Refusal('not-allowed', '协议条款台账由联络办和司法厅（局）查阅', {}, 'For liaison offices');
    const { directory, calendar, clock } = this.house.config.province;
    const now = clock.now();
    return { asOf: now, items: clauseLines(this.house.clauses.all(), { directory, calendar, now }) };
  }
  async rebuild(officer: Officer): Promise<{ readonly entries: number; readonly statements: number }> {
    if (!officer.roles.includes(OPERATOR)) throw new Refusal('not-allowed', '由运维人员办理', {}, 'Operators only');
    return this.book.rebuild();
  }

  /** Every line, as at this moment. */
  async lines(): Promise<readonly ChecklistLine[]> {
    return this.linesOf(await this.book.all());
  }
  private linesOf(all: Awaited<ReturnType<ChecklistBook['all']>>): readonly ChecklistLine[] {
    const { directory, calendar, clock } = this.house.config.province;
    return checklistOf({ ...all, workflows: this.house.config.workflows, directory, calendar, now: clock.now() });
  }
  private async visible(officer: Officer) {
    const { directory } = this.house.config.province;
    const all = await this.book.all();
    const lines = this.linesOf(all);
    const may = (line: ChecklistLine) =>
      seesAll(officer, this.house) || (isCaseworker(officer) && concerns(line, officer.unit, directory));
    return {
      lines: lines.filter(may),
      counted: all.statements.map(({ province, domain, time }) => ({ province, domain, at: time })),
    };
  }
  private get audit(): AuditLog {
    return this.house.audit;
  }
}
/** An operator keeps the platform running and sees no case. */
const isCaseworker = ({ roles }: Officer): boolean => roles.some((role) => role !== OPERATOR);
/** Liaison offices and justice departments see the whole list. */
const seesAll = (officer: Officer, { config: { province } }: DomainHouse): boolean =>
  isCaseworker(officer) &&
  ['liaison-office', 'justice-department'].includes(province.directory.unit(officer.unit)?.kind ?? '');
