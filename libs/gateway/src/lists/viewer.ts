import { maySee, type Officer, type Officers } from '@chuanyu/access';
import type { Condition } from '@chuanyu/collections';
import type { CaseRow } from '@chuanyu/contracts';
import { dateOf, type Clock, type Directory } from '@chuanyu/reference';
import { asLeader, asOfficer, deskOf, LEVELS, pathOf, type KeptRow } from './kept-row';

export type Where = Readonly<Record<string, Condition>>;

/** An officer as the lists see them: what may be found, and for whom they stand in today (代办). */
export class Viewer {
  /** Units whose cases may be found. */
  readonly within: readonly string[];
  /** Absent officers for whom this one acts today. */
  readonly standsInFor: readonly Officer[];
  /** Everyone who is absent today: the deputies of a case stand in for them. */
  readonly absent: readonly string[];
  private readonly keys: readonly string[];

  constructor(
    readonly officer: Officer,
    private readonly known: { readonly directory: Directory; readonly officers: Officers; readonly clock: Clock },
  ) {
    const { directory, officers, clock } = known;
    const today = dateOf(clock.now());
    this.within = directory.withinOf(officer.unit).filter((unit) => maySee(officer, unit, directory));
    this.standsInFor = officers.absentFor(officer, today);
    this.absent = officers.all
      .filter(({ absences }) => absences.some(({ from, to }) => from <= today && today <= to))
      .map(({ id }) => id);
    this.keys = [asOfficer(officer.id), ...officer.roles.map((role) => asLeader(officer.unit, role))];
  }

  /** Conditions for what this officer may find; any of `or` beside all of `where`. */
  get visible(): { readonly where: Where; readonly or: readonly Where[] } {
    const level = pathOf(this.officer.unit, this.known.directory).length - 1;
    return {
      where: {
        'row.unit': { in: this.within },
        ...(level < LEVELS ? { [`above.${level}`]: this.officer.unit } : {}),
      },
      or: [{ 'row.sealed': false }, { sealedFor: { any: this.keys } }],
    };
  }
  /** The same, of one row. */
  mayFind({ row, sealedFor }: KeptRow): boolean {
    if (!this.within.includes(row.unit)) return false;
    return !row.sealed || sealedFor.some((key) => this.keys.includes(key));
  }

  /** What lies here is this officer's to do. */
  get desks(): readonly string[] {
    const { officer, standsInFor, absent, roles } = this;
    return [
      ...[officer, ...standsInFor].map(({ id }) => deskOf.officer(id)),
      ...roles.map((role) => deskOf.role(officer.unit, role)),
      ...absent.map((id) => deskOf.deputy(officer.id, id)),
    ];
  }
  /** The own roles and those of officers stood in for. */
  get roles(): readonly string[] {
    return [...new Set([this.officer, ...this.standsInFor].flatMap(({ roles }) => roles))];
  }
  /** For whom the officer would act on a case in the list of what is to do; undefined where it is their own. */
  actingFor({ row, takers, desks }: KeptRow): Officer | undefined {
    const { officer } = this;
    if (desks.includes(deskOf.officer(officer.id))) return undefined;
    if (row.officer !== null) return this.known.officers.officer(row.officer);
    if (takers.some((role) => officer.roles.includes(role))) return undefined;
    return this.standsInFor.find(({ roles }) => takers.some((role) => roles.includes(role)));
  }
  /** For whom the officer would sign a draft: undefined where in their own role, null where not at all. */
  signingFor(row: CaseRow, draft: CaseRow['drafts'][number]): Officer | undefined | null {
    const { officer, known } = this;
    if (draft.status !== 'sent' || draft.by === officer.id) return null;
    const signs = (each: Officer) =>
      draft.signers.some((role) => each.roles.includes(role)) && known.directory.isWithin(row.unit, each.unit);
    if (signs(officer)) return undefined;
    return this.standsInFor.find(signs) ?? null;
  }
}
