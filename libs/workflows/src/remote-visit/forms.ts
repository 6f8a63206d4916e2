import {
  Attachment,
  CalendarDate,
  Instant,
  ListOf,
  OneOf,
  Optional,
  PersonName,
  PersonNames,
  Private,
  Shared,
  Text,
  UnitOf,
  YesNo,
  type Attached,
} from '@chuanyu/engine';
import type { Place } from './place';

export class Visitor {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @OneOf('配偶', '父母', '子女', '兄弟姐妹', '祖父母', '其他亲属', '监护人')
  @Shared('关系', 'family')
  relation!: string;
}
export class PreferredTime {
  @Instant() @Shared('开始时间') start!: string;
}
export const applicationOf = ({ kind, words }: Place) => {
  class Application {
    @UnitOf(kind) @Shared(words.unit) place!: string;
    @Text(20) @Shared(`${words.person}编号`, 'identity') inmate!: string;
    @ListOf(Visitor, 3) @Shared('会见人', 'identity') visitors!: Visitor[];
    @Attachment() @Shared('关系证明', 'family') evidence!: Attached;
    @ListOf(PreferredTime, 3) @Shared('期望时间') times!: PreferredTime[];
  }
  return Application;
};
/** A room, and the half-hour that begins then. */
export class Slot {
  @Text(20) @Shared('会见室') room!: string;
  @Instant() @Shared('开始时间') start!: string;
}
export class Search {
  @Text(20) @Shared('会见室') room!: string;
  @CalendarDate() @Shared('自哪日起') from!: string;
}
export class Suggestion {
  @ListOf(Slot, 3) @Shared('可选时段') slots!: Slot[];
}
export class Choice {
  @Text(20) @Shared('会见室') room!: string;
  @Instant() @Shared('开始时间') start!: string;
}
export class IdentityCheck {
  @PersonNames(3) @Shared('到场会见人', 'identity') present!: string[];
  @OneOf('居民身份证', '护照', '户口簿') @Shared('核验证件', 'identity') document!: string;
  @Text(500) @Optional() @Private('核验情况') note?: string;
}
export class Held {
  @Instant() @Shared('开始时间') started!: string;
  @Instant() @Shared('结束时间') ended!: string;
  @YesNo() @Shared('是否中断') cutOff!: boolean;
  @Text(500) @Optional() @Private('情况') note?: string;
}
export class Absence {
  @OneOf('会见人未到', '被会见人不能到场', '线路故障') @Shared('原因') why!: string;
  @Text(500) @Optional() @Private('情况') note?: string;
}
export class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
