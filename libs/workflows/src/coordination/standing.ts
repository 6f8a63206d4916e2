// What a project is, as both sides have it: its kind with that kind's stages, its units, its due date.
import { CalendarDate, ListOf, OneOf, Optional, Public, Shared, Text, UnitCode } from '@chuanyu/engine';

/** The stages of each kind, in order. */
export const stages: Readonly<Record<string, readonly string[]>> = {
  未定类: ['待定类'],
  完成类: ['实施', '见效', '验收'],
  启动类: ['对接', '磋商', '签约', '启动'],
  调研类: ['评估', '论证', '结论'],
};
export const kinds = Object.keys(stages);
export const allStages = Object.values(stages).flat();
export const firstStage = (kind: string): string => stages[kind]?.[0] ?? '';

export class Partner {
  @UnitCode() @Shared('参与单位') unit!: string;
}
/** The project as both sides have it: worked out by every step that changes it, so that a refused proposal changes nothing. */
export class Standing {
  @OneOf(...kinds) @Public('类别') kind!: string;
  @OneOf(...allStages) @Public('阶段') stage!: string;
  @Text(200) @Shared('项目') title!: string;
  @UnitCode() @Shared('发起方牵头单位') lead!: string;
  @UnitCode() @Shared('协作方牵头单位') peerLead!: string;
  @ListOf(Partner, 20) @Optional() @Shared('参与单位') partners?: Partner[];
  @Text(60) @Optional() @Shared('所依据的协议条款') clause?: string;
  @CalendarDate() @Optional() @Shared('完成期限') dueOn?: string;
}
