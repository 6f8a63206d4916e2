import items from './data/cooperation-items.json';

/** An item of the cooperation list that both provinces published in June 2020 (`docs/workflows/cooperation-items.csv`). */
export interface CooperationItem {
  /** `prison-3` */
  readonly item: string;
  readonly domain: string;
  /** 监狱工作, 戒毒工作/加强执法管理合作 … */
  readonly group: string;
  readonly title: string;
}
/** All 52, in the order of the list. */
export const cooperationItems: readonly CooperationItem[] = items;
