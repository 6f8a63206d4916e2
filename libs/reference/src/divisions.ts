import data from './data/divisions.json';

/** Codes of administrative divisions, GB/T 2260, from province to county; source and date stand in the data file. */
export type DivisionLevel = 'province' | 'prefecture' | 'county';

const current = new Map<string, string>(Object.entries(data.divisions));
const former = new Map(Object.entries(data.former));
/** Names that group counties in the standard but are no part of an address. */
const GROUPING = /^(?:市辖区|县|(?:省|自治区)直辖县级行政区划)$/;

const childrenByParent = new Map<string, string[]>();
for (const code of current.keys()) {
  const parent = parentOfDivision(code);
  if (parent) childrenByParent.set(parent, [...(childrenByParent.get(parent) ?? []), code]);
}

/** Is this a division that exists today? */
export function isDivision(code: string): boolean {
  return current.has(code);
}

/** Was this a division until it was merged into another? Older records and units still name it. */
export function isFormerDivision(code: string): boolean {
  return former.has(code);
}

/** The division that took over a former one. */
export function successorOfDivision(code: string): string | undefined {
  return former.get(code)?.successor;
}

/** Its own name, e.g. 武侯区; also of a former division. */
export function divisionName(code: string): string | undefined {
  return current.get(code) ?? former.get(code)?.name;
}

/** With all above it, e.g. 四川省成都市武侯区; also of a former division. */
export function divisionFullName(code: string): string | undefined {
  const name = divisionName(code);
  if (name === undefined) return undefined;
  const parent = parentOfDivision(code);
  const above = parent === undefined ? '' : (divisionFullName(parent) ?? '');
  return GROUPING.test(name) ? above : above + name;
}

/** By the form of the code; undefined where it is neither a current nor a former division. */
export function divisionLevel(code: string): DivisionLevel | undefined {
  if (divisionName(code) === undefined) return undefined;
  if (code.endsWith('0000')) return 'province';
  return code.endsWith('00') ? 'prefecture' : 'county';
}

/** The division right above; undefined for a province and for what is no division. */
export function parentOfDivision(code: string): string | undefined {
  switch (divisionLevel(code)) {
    case 'county':
      return `${code.slice(0, 4)}00`;
    case 'prefecture':
      return `${code.slice(0, 2)}0000`;
    case 'province':
    case undefined:
      return undefined;
  }
}

/** Existing divisions right below, in the order of their codes. */
export function childrenOfDivision(code: string): readonly string[] {
  return childrenByParent.get(code) ?? [];
}

/** All provinces, in the order of their codes. */
export function provinceDivisions(): readonly string[] {
  return [...current.keys()].filter((code) => code.endsWith('0000'));
}

/** Existing counties of a province or prefecture, in the order of their codes. */
export function countiesOf(code: string): readonly string[] {
  return childrenOfDivision(code).flatMap((child) => (divisionLevel(child) === 'county' ? [child] : countiesOf(child)));
}

/** Is the one division the other, or inside it? */
export function isWithinDivision(code: string, ancestor: string): boolean {
  if (divisionName(code) === undefined) return false;
  const parent = parentOfDivision(code);
  return code === ancestor || (parent !== undefined && isWithinDivision(parent, ancestor));
}

/** The province of a division, as a code. */
export function provinceOfDivision(code: string): string | undefined {
  return divisionName(code) === undefined ? undefined : `${code.slice(0, 2)}0000`;
}

/** The prefecture of a county, or the prefecture itself; undefined for a province. What public events may tell. */
export function prefectureOfDivision(code: string): string | undefined {
  return divisionLevel(code) === 'prefecture'
    ? code
    : divisionLevel(code) === 'county'
      ? parentOfDivision(code)
      : undefined;
}
