import { checkPersonName, type Directory, InvalidData, isDate, isRecord } from '@chuanyu/reference';

/** From the first day to the last, both included; dates. */
export interface Absence {
  readonly from: string;
  readonly to: string;
}

/** A person who acts for a unit. Never crosses the border: the other side learns the unit and the role. */
export interface Officer {
  /** Pinyin-like, e.g. `sc.zhouwei`: also what the officer signs in with. */
  readonly id: string;
  readonly name: string;
  /** The id of a unit. */
  readonly unit: string;
  /** Global role ids, e.g. `release-officer`; a workflow names those it uses. */
  readonly roles: readonly string[];
  /** Officers of the same unit who may act for this one while absent. */
  readonly deputies: readonly string[];
  readonly absences: readonly Absence[];
}

/** Lower-case letters and digits, joined by dots or hyphens; at most 64. */
export function isOfficerId(text: string): boolean {
  return text.length <= 64 && /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/.test(text);
}

/** The role that keeps the platform running: it sees no case. */
export const OPERATOR = 'operator';

/** May the deputy act for the officer on this date? Only one named as deputy, and only within an absence. */
export function actsFor(deputy: Officer, officer: Officer, date: string): boolean {
  return officer.deputies.includes(deputy.id) && officer.absences.some(({ from, to }) => from <= date && date <= to);
}

/** May the officer see cases that this unit is in charge of? Its own unit's, and those below. An operator sees none. */
export function maySee(officer: Officer, unit: string, directory: Directory): boolean {
  return officer.roles.some((role) => role !== OPERATOR) && directory.isWithin(unit, officer.unit);
}

/** May the officer act in this role where this unit is in charge? Holding the role, for its own unit or one below. */
export function mayActIn(officer: Officer, role: string, unit: string, directory: Directory): boolean {
  return officer.roles.includes(role) && directory.isWithin(unit, officer.unit);
}

/** The officers of a deployment. */
export class Officers {
  readonly all: readonly Officer[];
  private readonly byId: ReadonlyMap<string, Officer>;

  /** Joins the parts, then throws InvalidData naming every fault: ids taken twice, what is unknown, impossible absences. */
  constructor(directory: Directory, ...parts: readonly (readonly Officer[])[]) {
    this.all = parts.flat();
    this.byId = new Map(this.all.map((officer) => [officer.id, officer]));
    const faults = [...this.faults(directory)];
    if (faults.length > 0) throw new InvalidData('officers', faults);
  }

  officer(id: string): Officer | undefined {
    return this.byId.get(id);
  }
  /** Of this very unit, in one role where that is given. */
  ofUnit(unit: string, role?: string): readonly Officer[] {
    return this.all.filter((officer) => officer.unit === unit && (role === undefined || officer.roles.includes(role)));
  }
  /** The officers for whom this one may act on the date. */
  absentFor(deputy: Officer, date: string): readonly Officer[] {
    return this.all.filter((officer) => actsFor(deputy, officer, date));
  }

  private *faults(directory: Directory): Iterable<string> {
    const seen = new Set<string>();
    for (const officer of this.all) {
      const at = `officer ${officer.id}`;
      if (seen.has(officer.id)) yield `${at}: the id is taken twice`;
      seen.add(officer.id);
      if (!isOfficerId(officer.id)) yield `${at}: the id must be lower-case letters and digits, joined by dots`;
      if (checkPersonName(officer.name)) yield `${at}: the name is not acceptable`;
      if (directory.unit(officer.unit) === undefined) yield `${at}: unknown unit ${officer.unit}`;
      if (officer.roles.length === 0) yield `${at}: has no role`;
      for (const role of officer.roles) {
        if (!/^[a-z]+(?:-[a-z]+)*$/.test(role)) yield `${at}: role ${role} must be kebab-case`;
      }
      for (const id of officer.deputies) {
        const deputy = this.officer(id);
        if (deputy === undefined) yield `${at}: unknown deputy ${id}`;
        else if (deputy.id === officer.id) yield `${at}: is the own deputy`;
        else if (deputy.unit !== officer.unit) yield `${at}: deputy ${id} is of another unit`;
      }
      for (const { from, to } of officer.absences) {
        if (!isDate(from) || !isDate(to)) yield `${at}: an absence runs from a date to a date`;
        else if (to < from) yield `${at}: an absence ends (${to}) before it begins (${from})`;
      }
    }
  }
}

/** Reads parsed JSON, an array of officers. Throws InvalidData naming every entry that has another shape. */
export function readOfficers(value: unknown): readonly Officer[] {
  if (!Array.isArray(value)) throw new InvalidData('officers', ['must be an array']);
  const faults: string[] = [];
  const officers: Officer[] = [];
  for (const [i, entry] of value.entries()) {
    const officer = officerFrom(entry);
    if (officer) officers.push(officer);
    else faults.push(`/${i}: must have the texts id, name, unit and the arrays roles, deputies, absences`);
  }
  if (faults.length > 0) throw new InvalidData('officers', faults);
  return officers;
}

function officerFrom(entry: unknown): Officer | undefined {
  if (!isRecord(entry)) return undefined;
  const { id, name, unit, roles, deputies, absences } = entry;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof unit !== 'string') return undefined;
  if (!isTexts(roles) || !isTexts(deputies) || !isAbsences(absences)) return undefined;
  return { id, name, unit, roles, deputies, absences };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isAbsences(value: unknown): value is readonly Absence[] {
  return (
    Array.isArray(value) &&
    value.every((item) => isRecord(item) && typeof item.from === 'string' && typeof item.to === 'string')
  );
}
