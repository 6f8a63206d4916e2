import { deadLettersOf, type EventLog } from '@chuanyu/event-log';
import { exchangeOf, type ProvinceOptions } from '@chuanyu/provinces';

type LogFor = NonNullable<ProvinceOptions['logFor']>;

/** Notes what each service does on each log: as whom, at whose. */
export class NotedLogs {
  /** `<user> writes|reads|declares|in <topic or group>`, by the province whose log it is. */
  private readonly done = new Map<string, Set<string>>();

  readonly logFor: LogFor = (log, { service, of, at }) => {
    const user = of === at ? service : exchangeOf(of);
    const note = (act: string, ...names: readonly string[]) => {
      for (const name of names) this.at(at).add(`${user} ${act} ${name}`);
    };
    // What cannot be handled is kept at home.
    const noteLetters = (group: string) => {
      for (const act of ['writes', 'reads']) this.at(of).add(`${service} ${act} ${deadLettersOf(group)}`);
    };
    const noted: EventLog = {
      declare: async (topics) => {
        note('declares', ...topics.map(({ name }) => name));
        await log.declare(topics);
      },
      append: async (records) => {
        note('writes', ...records.map(({ topic }) => topic));
        await log.append(records);
      },
      subscribe: async (subscription) => {
        note('in', subscription.group);
        note('reads', ...subscription.topics);
        noteLetters(subscription.group);
        return log.subscribe(subscription);
      },
      read: async (topic, options) => {
        note('reads', topic);
        return log.read(topic, options);
      },
      onAppend: (topic, listener) => {
        note('reads', topic);
        return log.onAppend(topic, listener);
      },
      deadLetters: async (group, options) => {
        note('in', group);
        noteLetters(group);
        return log.deadLetters(group, options);
      },
      countLetters: async (group) => {
        note('in', group);
        noteLetters(group);
        return log.countLetters(group);
      },
      redrive: async (group, key) => {
        note('in', group);
        noteLetters(group);
        await log.redrive(group, key);
      },
      lag: async (group) => {
        note('in', group);
        return log.lag(group);
      },
      generation: () => log.generation(),
      close: () => log.close(),
    };
    return noted;
  };

  at(province: string): Set<string> {
    const done = this.done.get(province) ?? new Set();
    this.done.set(province, done);
    return done;
  }
}
