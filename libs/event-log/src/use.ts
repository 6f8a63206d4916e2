import type { TopicDefinition } from './port';

/**
 * What a service does on a log. The service declares its topics by it and subscribes by it, and rights are derived from it
 * (ADR 0019): so what it does and what it may are said in one place.
 */
export interface LogUse {
  readonly writes: readonly TopicDefinition[];
  /** Without a group. */
  readonly reads: readonly TopicDefinition[];
  readonly groups: readonly GroupUse[];
}
/** A consumer group and the topics that it reads. */
export interface GroupUse {
  readonly group: string;
  readonly topics: readonly string[];
}

/** Each topic of these uses once, by its name. */
export const topicsOf = (...uses: readonly LogUse[]): readonly TopicDefinition[] => {
  const found = new Map<string, TopicDefinition>();
  const named = (name: string): TopicDefinition => ({ name });
  for (const { writes, reads, groups } of uses)
    for (const each of [...writes, ...reads, ...groups.flatMap(({ topics }) => topics.map(named))])
      found.set(each.name, { ...found.get(each.name), ...each });
  return [...found.values()];
};

/** The table that holds a group's dead and parked, where the log is Kafka (ADR 0016). */
export const deadLettersOf = (group: string): string => `${group}.dead-letters`;
