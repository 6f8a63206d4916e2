import { divisionName, isWithinDivision } from './divisions';
import { InvalidData, isRecord } from './invalid';
import { checkLine } from './text';

/** A jurisdiction that runs its own deployment. */
export interface Province {
  /** e.g. `sichuan`. */
  readonly id: string;
  readonly name: string;
  /** 川, 渝: begins every case number. */
  readonly abbreviation: string;
  /** GB/T 2260, six digits. */
  readonly division: string;
  /** Who issues its tokens: an https address. */
  readonly issuer: string;
}

export const unitKinds = [
  'prison-bureau',
  'prison',
  'rehabilitation-bureau',
  'rehabilitation-centre',
  'justice-department',
  'justice-bureau',
  'judicial-office',
  'resettlement-office',
  'bar-association',
  'notary-association',
  'notary-office',
  'forensic-association',
  'forensic-institution',
  'mediation-committee',
  'liaison-office',
] as const;
export type UnitKind = (typeof unitKinds)[number];
export function isUnitKind(text: string): text is UnitKind {
  return unitKinds.some((kind) => kind === text);
}

/** An agency or body. */
export interface Unit {
  /** Kebab-case, e.g. `cq-yubei-resettlement`; the same in every province's copy. */
  readonly id: string;
  readonly name: string;
  readonly kind: UnitKind;
  /** The id of a province. */
  readonly province: string;
  /** GB/T 2260; may be a former division, whose bodies work on until they are merged. */
  readonly division: string;
  /** The id of the unit above it, in the same province. */
  readonly parent?: string;
}

/** What a directory file holds. */
export interface DirectoryData {
  readonly provinces: readonly Province[];
  readonly units: readonly Unit[];
}

/** Every unit of every province; each province holds the directory of all. */
export class Directory {
  readonly provinces: readonly Province[];
  readonly units: readonly Unit[];
  private readonly provinceById: ReadonlyMap<string, Province>;
  private readonly unitById: ReadonlyMap<string, Unit>;

  /** Joins the parts, then throws InvalidData naming every fault: ids taken twice, what is unknown, cycles. */
  constructor(...parts: readonly DirectoryData[]) {
    this.provinces = parts.flatMap((part) => part.provinces);
    this.units = parts.flatMap((part) => part.units);
    this.provinceById = new Map(this.provinces.map((province) => [province.id, province]));
    this.unitById = new Map(this.units.map((unit) => [unit.id, unit]));
    const faults = [...this.provinceFaults(), ...this.unitFaults()];
    if (faults.length > 0) throw new InvalidData('directory', faults);
  }

  province(id: string): Province | undefined {
    return this.provinceById.get(id);
  }
  unit(id: string): Unit | undefined {
    return this.unitById.get(id);
  }
  /** Units of a province, of one kind where that is given, in the order of the directory. */
  unitsOf(province: string, kind?: UnitKind): readonly Unit[] {
    return this.units.filter((unit) => unit.province === province && (kind === undefined || unit.kind === kind));
  }
  /** Units of a kind, in every province. */
  ofKind(kind: UnitKind): readonly Unit[] {
    return this.units.filter((unit) => unit.kind === kind);
  }
  /** Units right below. */
  childrenOf(id: string): readonly Unit[] {
    return this.units.filter((unit) => unit.parent === id);
  }
  /** The unit itself and all below it, as ids: what an officer of the unit sees. Empty for an unknown unit. */
  withinOf(id: string): readonly string[] {
    return this.units.filter((unit) => this.isWithin(unit.id, id)).map((unit) => unit.id);
  }
  /** Is the unit the other one, or below it? False where either is unknown. */
  isWithin(id: string, ancestor: string): boolean {
    const unit = this.unit(id);
    if (unit === undefined) return false;
    return id === ancestor || (unit.parent !== undefined && this.isWithin(unit.parent, ancestor));
  }

  private *provinceFaults(): Iterable<string> {
    yield* takenTwice('province', this.provinces);
    for (const { id, division, name, abbreviation, issuer } of this.provinces) {
      const at = `province ${id}`;
      if (!/^[a-z]+(?:-[a-z]+)*$/.test(id)) yield `${at}: the id must be lower-case words joined by hyphens`;
      if (!division.endsWith('0000') || divisionName(division) === undefined)
        yield `${at}: ${division} is no province of GB/T 2260`;
      if (checkLine(name, { max: 50 })) yield `${at}: the name is not acceptable`;
      if (!/^\p{Script=Han}$/u.test(abbreviation)) yield `${at}: the abbreviation must be one Chinese character`;
      if (!URL.canParse(issuer) || !issuer.startsWith('https://')) yield `${at}: the issuer must be an https address`;
    }
  }

  private *unitFaults(): Iterable<string> {
    yield* takenTwice('unit', this.units);
    for (const unit of this.units) {
      const at = `unit ${unit.id}`;
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(unit.id)) yield `${at}: the id must be kebab-case`;
      if (checkLine(unit.name, { max: 100 })) yield `${at}: the name is not acceptable`;
      if (!isUnitKind(unit.kind)) yield `${at}: unknown kind ${String(unit.kind)}`;
      const province = this.province(unit.province);
      if (province === undefined) yield `${at}: unknown province ${unit.province}`;
      if (divisionName(unit.division) === undefined) yield `${at}: unknown division ${unit.division}`;
      else if (province && !isWithinDivision(unit.division, province.division)) {
        yield `${at}: division ${unit.division} is not in ${unit.province}`;
      }
      if (unit.parent === undefined) continue;
      const parent = this.unit(unit.parent);
      if (parent === undefined) yield `${at}: unknown parent ${unit.parent}`;
      else if (parent.province !== unit.province) yield `${at}: parent ${unit.parent} is in another province`;
      else if (this.isBelowItself(unit)) yield `${at}: is above itself`;
    }
  }

  private isBelowItself(unit: Unit): boolean {
    const passed = new Set<string>();
    let above = unit.parent;
    while (above !== undefined && !passed.has(above)) {
      if (above === unit.id) return true;
      passed.add(above);
      above = this.unit(above)?.parent;
    }
    return false;
  }
}

function* takenTwice(what: string, named: readonly { readonly id: string }[]): Iterable<string> {
  const seen = new Set<string>();
  for (const { id } of named) {
    if (seen.has(id)) yield `${what} ${id}: the id is taken twice`;
    seen.add(id);
  }
}

/** Reads parsed JSON of a directory file. Throws InvalidData naming every entry that has another shape. */
export function readDirectory(value: unknown): DirectoryData {
  if (!isRecord(value) || !Array.isArray(value.provinces) || !Array.isArray(value.units)) {
    throw new InvalidData('directory', ['must be an object with arrays `provinces` and `units`']);
  }
  const faults: string[] = [];
  const provinces: Province[] = [];
  for (const [i, entry] of value.provinces.entries()) {
    const province = provinceFrom(entry);
    if (province) provinces.push(province);
    else faults.push(`/provinces/${i}: must have the texts id, name, abbreviation, division, issuer`);
  }
  const units: Unit[] = [];
  for (const [i, entry] of value.units.entries()) {
    const unit = unitFrom(entry);
    if (unit) units.push(unit);
    else
      faults.push(`/units/${i}: must have the texts id, name, kind (a known one), province, division, perhaps parent`);
  }
  if (faults.length > 0) throw new InvalidData('directory', faults);
  return { provinces, units };
}

function provinceFrom(entry: unknown): Province | undefined {
  if (!isRecord(entry)) return undefined;
  const { id, name, abbreviation, division, issuer } = entry;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof abbreviation !== 'string') return undefined;
  if (typeof division !== 'string' || typeof issuer !== 'string') return undefined;
  return { id, name, abbreviation, division, issuer };
}

function unitFrom(entry: unknown): Unit | undefined {
  if (!isRecord(entry)) return undefined;
  const { id, name, kind, province, division, parent } = entry;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof kind !== 'string' || !isUnitKind(kind))
    return undefined;
  if (typeof province !== 'string' || typeof division !== 'string') return undefined;
  if (parent === undefined) return { id, name, kind, province, division };
  return typeof parent === 'string' ? { id, name, kind, province, division, parent } : undefined;
}
