import type { Collection } from '@chuanyu/collections';
import type { Relay } from '@chuanyu/event-log';
import type { CaseHeads } from '../cases/heads';
import type { SetAside } from '../cases/intake';
import type { DomainServiceConfig } from '../domain-service-config';
import type { Standing } from '../restore/standing';
import type { Meters, Sample } from './meters';
import type { ReadinessCheck } from './readiness';

/** What a domain's service looks up for a page of figures, beside its log. */
export const samplesOf = (
  meters: Meters,
  domain: string,
  parts: {
    readonly relay: Relay;
    readonly heads: CaseHeads;
    readonly standing: Standing;
    readonly setAside: Collection<SetAside>;
  },
): void => {
  const { relay, heads, standing, setAside } = parts;
  meters.sample('relay', async () => {
    const { messages, milliseconds } = relay.backlog;
    return [
      { gauge: meters.relayPending, labels: { domain }, value: messages },
      { gauge: meters.relayOldest, labels: { domain }, value: milliseconds / 1000 },
    ];
  });
  meters.sample('receipts', async () =>
    [...heads.overdue].map(([peer, value]): Sample => ({ gauge: meters.overdue, labels: { peer }, value })),
  );
  meters.sample('standing', async () => [
    { gauge: meters.writes, labels: { domain }, value: standing.mayWrite ? 1 : 0 },
  ]);
  meters.sample('set aside', async () => [
    { gauge: meters.setAside, labels: { domain }, value: await setAside.count() },
  ]);
};

/** What it cannot work without; and whether it may write, which does not keep it from answering. */
export const standsOn = (
  readiness: ReadinessCheck,
  { database, province }: Pick<DomainServiceConfig, 'database' | 'province'>,
  standing: Standing,
): void => {
  readiness.stands('database', () => database.ping());
  readiness.stands('log', () => province.log.generation());
  readiness.tells(() => ({ mayWrite: standing.mayWrite }));
};
