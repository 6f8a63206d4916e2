import { asked, type Meters, type ReadinessCheck, type Sample } from '@chuanyu/service';
import type { ExchangeConfig } from './exchange-service';
import type { HeldMessages } from './held';
import type { QuarantineStore } from './quarantine';

export interface Waiting {
  readonly out: HeldMessages;
  readonly in: ReadonlyMap<string, HeldMessages>;
  readonly quarantine: QuarantineStore;
}

/** What waits for a clause and what was not believed, for an operator; no content. */
export const stateOf = async (waiting: Waiting): Promise<object> => {
  const held = await Promise.all([waiting.out, ...waiting.in.values()].map((each) => each.all()));
  return {
    held: held.flat().map(({ direction, case: id, since, why }) => ({ direction, case: id, since, why })),
    quarantined: (await waiting.quarantine.all()).map(({ value: _, headers: __, ...told }) => told),
  };
};

/** What an exchange looks up for a page of figures, beside its logs. */
export const samplesOf = (meters: Meters, { peers }: Pick<ExchangeConfig, 'peers'>, waiting: Waiting): void => {
  const held = (direction: string, value: number): Sample => ({ gauge: meters.held, labels: { direction }, value });
  meters.sample('held', async () => {
    const inward = await Promise.all([...waiting.in.values()].map((each) => each.size()));
    return [
      held('out', await waiting.out.size()),
      held(
        'in',
        inward.reduce((sum, each) => sum + each, 0),
      ),
    ];
  });
  meters.sample('quarantine', async () =>
    (await waiting.quarantine.tally()).map(({ peer, code, count }) => ({
      gauge: meters.quarantined,
      labels: { peer, code },
      value: count,
    })),
  );
  for (const [peer, log] of Object.entries(peers)) {
    const question = asked(() => log.generation(), 1000);
    const answers = () =>
      question().then(
        () => 1,
        () => 0,
      );
    meters.sample(`peer ${peer}`, async () => [
      { gauge: meters.peerAnswers, labels: { peer }, value: await answers() },
    ]);
  }
};

/** Without its database and its own log it can do nothing; a peer that is away keeps it from nothing. */
export const standsOn = (
  readiness: ReadinessCheck,
  { database, province }: Pick<ExchangeConfig, 'database' | 'province'>,
): void => {
  readiness.stands('database', () => database.ping());
  readiness.stands('log', () => province.log.generation());
};
