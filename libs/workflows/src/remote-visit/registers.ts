import {
  dateOf,
  defineRegister,
  addDays,
  instantAt,
  OneOf,
  PersonName,
  PersonNames,
  Private,
  SomeOf,
  Text,
  TimeOfDay,
  weekday,
  Whole,
  type Facts,
} from '@chuanyu/engine';
import type { Place } from './place';

const weekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];
const keptBy = ['visit-officer', 'visit-leader'];

export class Room {
  @Text(20) @Private('会见室') name!: string;
  @SomeOf(...weekdays) @Private('开放日') weekdays!: string[];
  @TimeOfDay() @Private('开始时间') opens!: string;
  @TimeOfDay() @Private('结束时间') closes!: string;
}

/** What the unit itself keeps of those who may be visited, and of how often. */
export const registersOf = ({ words, visits }: Place) => {
  const levels = Object.keys(visits);
  class Inmate {
    @Text(20) @Private(`${words.person}编号`) number!: string;
    @PersonName() @Private('姓名') name!: string;
    @OneOf(...levels) @Private('处遇等级') level!: string;
    @PersonNames() @Private('已核准亲属') relatives!: string[];
  }
  class Quota {
    @OneOf(...levels) @Private('处遇等级') level!: string;
    @Whole(0, 31) @Private('每月次数') visits!: number;
  }
  const visitsAMonth = ({ find }: Pick<Facts, 'find'>, inmate: string): number => {
    const { level } = find(Inmate, inmate) ?? { level: '' };
    return find(Quota, level)?.visits ?? visits[level] ?? 0;
  };
  const inmates = { title: `${words.person}会见台账`, english: 'People who may be visited', of: Inmate, keptBy };
  const rooms = { title: '会见室', english: 'Visiting rooms', of: Room, keptBy };
  const quotas = { title: '每月会见次数', english: 'Visits a month', of: Quota, keptBy };
  return {
    Inmate,
    visitsAMonth,
    kept: [
      defineRegister('inmates', { ...inmates, key: 'number' }),
      defineRegister('rooms', { ...rooms, key: 'name' }),
      defineRegister('visit-quotas', { ...quotas, key: 'level' }),
    ],
  };
};

/** A visit lasts half an hour, and begins on one. */
const HALF_HOUR = 30 * 60_000;
export const isOnHalfHour = (start: string): boolean => Date.parse(start) % HALF_HOUR === 0;
/** The half-hours of a date at which the room is open. */
const startsOn = (room: Room, date: string): readonly string[] => {
  if (!room.weekdays.includes(weekdays[weekday(date)] ?? '')) return [];
  const [opens, closes] = [room.opens, room.closes].map((time) => Date.parse(instantAt(date, time)) / HALF_HOUR);
  if (opens === undefined || closes === undefined) return [];
  const first = Math.ceil(opens);
  const count = Math.max(0, Math.floor(closes) - first);
  return Array.from({ length: count }, (_, n) => new Date((first + n) * HALF_HOUR).toISOString());
};
export const isOpen = (room: Room | undefined, start: string): boolean =>
  room !== undefined && startsOn(room, dateOf(start)).includes(start);

/** The half-hours at which the room is open, from an instant on, for so many days; worked out as they are asked for. */
export function* startsFrom(room: Room, from: string, days = 31): Generator<string> {
  for (let n = 0; n < days; n += 1)
    for (const start of startsOn(room, addDays(dateOf(from), n))) if (start >= from) yield start;
}
