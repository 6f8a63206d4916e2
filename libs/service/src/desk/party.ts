import type { Officers } from '@chuanyu/access';
import type { Directory } from '@chuanyu/reference';

/** A person or a unit as pages name them. */
export interface Named {
  readonly id: string;
  readonly name: string;
}
export interface Party {
  readonly province: string;
  readonly provinceName: string;
  readonly unit: string;
  readonly unitName: string;
}
export const partyOf = (directory: Directory, province: string, unit: string): Party => ({
  province,
  provinceName: directory.province(province)?.name ?? province,
  unit,
  unitName: directory.unit(unit)?.name ?? unit,
});
export const named = ({ officers }: { readonly officers: Officers }, id: string | null): Named | null =>
  id === null ? null : { id, name: officers.officer(id)?.name ?? id };
