import type { Workflows } from '@chuanyu/engine';
import { deadLettersOf, topicsOf, type LogUse, type TopicDefinition } from '@chuanyu/event-log';
import type { Grant } from '@chuanyu/event-log/kafka';
import { useOfExchange, useOfPeerLog } from '@chuanyu/exchange';
import { LISTS, publishedOf, useOfGateway } from '@chuanyu/gateway';
import { useOfDomain } from '@chuanyu/service';
import { peculiarTo } from './domains';

export interface RightsOptions {
  readonly province: string;
  /** Provinces that it is paired with. */
  readonly peers: readonly string[];
  readonly workflows: Pick<Workflows, 'domains'>;
}
/** All that a province's cluster is to hold, and who may read and write what of it (ADR 0019). */
export interface Rights {
  readonly topics: readonly TopicDefinition[];
  /** Names of the tables of dead letters. */
  readonly tables: readonly string[];
  readonly grants: readonly Grant[];
}

/** May do what the province's own services may, together: for one process that runs them all. */
export const SERVICES = 'services';
/** An outside system that reads public events from the log itself. */
export const INTEGRATOR = 'integrator';
/** A peer's exchange, as a user of this province's cluster. */
export const exchangeOf = (peer: string): string => `exchange.${peer}`;

/** What each service of a province does on its province's log, by the name of the service. */
export const usesOf = ({ province, peers, workflows }: RightsOptions): Readonly<Record<string, LogUse>> => {
  const domains = workflows.domains();
  return {
    ...Object.fromEntries(domains.map((domain) => [domain, useOfDomain(domain, peculiarTo(domain).alsoUses)])),
    exchange: useOfExchange(province, peers, domains),
    gateway: useOfGateway(province, peers, domains),
  };
};

export const rightsOf = (options: RightsOptions): Rights => {
  const { province, peers, workflows } = options;
  const domains = workflows.domains();
  const uses = usesOf(options);
  // What an exchange cannot handle of a peer's log lies in its own province's.
  const ofPeers = peers.flatMap((peer) => tablesOf(useOfPeerLog(province, peer, domains)));
  const own = Object.entries(uses).map(([service, use]) =>
    openLists(grantOf(service, use, [...tablesOf(use), ...(service === 'exchange' ? ofPeers : [])])),
  );
  return {
    topics: topicsOf(...Object.values(uses)),
    tables: unique([...Object.values(uses).flatMap(tablesOf), ...ofPeers]),
    grants: [
      ...own,
      together(SERVICES, own),
      ...peers.map((peer) => grantOf(exchangeOf(peer), useOfPeerLog(peer, province, domains))),
      {
        user: INTEGRATOR,
        writes: [],
        reads: publishedOf(province, peers, domains),
        // By which each of them remembers its place: they name them as they like.
        groups: [`${INTEGRATOR}.*`],
      },
    ],
  };
};

/** Whether what a user may do is derived here: so too of a peer's exchange whose province is no peer any more. */
export const isUserOf = ({ grants }: Rights, user: string): boolean =>
  user.startsWith(exchangeOf('')) || grants.some((grant) => grant.user === user);

const grantOf = (user: string, { writes, reads, groups }: LogUse, tables: readonly string[] = []): Grant => ({
  user,
  writes: unique([...writes.map(({ name }) => name), ...tables]),
  reads: unique([...reads.map(({ name }) => name), ...groups.flatMap(({ topics }) => topics), ...tables]),
  groups: unique(groups.map(({ group }) => group)),
});

/** An old and a new gateway run side by side, each with a group for lists of its shape. */
const openLists = ({ user, ...may }: Grant): Grant => {
  const open = (names: readonly string[]) => unique(names.map((name) => (name.startsWith(LISTS) ? `${LISTS}*` : name)));
  return { user, writes: open(may.writes), reads: open(may.reads), groups: open(may.groups) };
};

const together = (user: string, grants: readonly Grant[]): Grant => ({
  user,
  writes: unique(grants.flatMap(({ writes }) => writes)),
  reads: unique(grants.flatMap(({ reads }) => reads)),
  groups: unique(grants.flatMap(({ groups }) => groups)),
});

const tablesOf = ({ groups }: LogUse): readonly string[] => groups.map(({ group }) => deadLettersOf(group));
const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
