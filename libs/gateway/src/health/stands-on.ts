import type { ReadinessCheck } from '@chuanyu/service';
import type { Gateway } from '../config';
import type { ServiceClient } from '../forward/service-client';

/** A service that does not answer within this is silent. */
const MILLISECONDS = 2000;

/** What the gateway cannot work without: its lists, the log, and every domain's service that runs. */
export const standsOn = (readiness: ReadinessCheck, gateway: Gateway, client: ServiceClient): void => {
  const { database, province, workflows, serviceOf } = gateway;
  readiness.stands('database', () => database.ping());
  readiness.stands('log', () => province.log.generation());
  for (const domain of workflows.domains()) {
    const base = serviceOf(domain);
    if (base === undefined) continue;
    readiness.stands(domain, async () => {
      // Any answer will do: one that is not ready itself says so to whoever asks it.
      const signal = AbortSignal.timeout(MILLISECONDS);
      (await client.send({ base, method: 'GET', path: '/health/live', headers: {}, signal })).resume();
    });
  }
};
