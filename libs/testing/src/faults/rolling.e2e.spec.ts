import { randomUUID } from 'node:crypto';
import { Deployed, opening } from './deployed.fixture';
import type { ServiceProcess } from './service-process.fixture';
import type { Opened } from './session.fixture';
import { aVerification, CallRefused, eventually } from './stage.fixture';

// Six processes, each with a program to load: on a busy machine that takes a while.
jest.setTimeout(900_000);

let deployed: Deployed;
let ending = false;
beforeAll(async () => {
  deployed = await Deployed.agreed('sc.zhouwei', 'sc.chenguoqiang', 'cq.zhangmin');
});
afterAll(async () => {
  ending = true;
  await deployed.close();
});

/** What an officer was told: this step stands in this case at this place. */
interface Told {
  readonly case: string;
  readonly sequence: number;
}

test('a new process beside the old, and the old one ends under steps: nothing is lost, nothing doubled', async () => {
  const [prison, exchange, theirPrison, theirExchange] = await Promise.all([
    deployed.start('prison', 'sichuan'),
    deployed.start('exchange', 'sichuan'),
    deployed.start('prison', 'chongqing'),
    deployed.start('exchange', 'chongqing'),
  ]);
  let serving: readonly ServiceProcess[] = [prison];
  let turn = 0;
  /** One call, with the same key until it is answered, at whichever process serves. */
  const call = async (officer: string, method: string, path: string, body: unknown, key: string): Promise<Opened> => {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const at = officer.startsWith('sc.') ? serving[(turn += 1) % serving.length] : theirPrison;
      try {
        return JSON.parse(await deployed.as(officer, at ?? prison).text(method, path, body, key)) as Opened;
      } catch (error) {
        const again = !(error instanceof CallRefused) || error.status === 503;
        if (!again || performance.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const told: Told[] = [];
  const path = '/api/prison/release-handover';
  const tell = (page: Opened) => void told.push({ case: page.id, sequence: page.sequence });
  const arrival = (officer: string, id: string, sequence: number) =>
    eventually(
      `${id} at ${sequence} with ${officer}`,
      async () => {
        const page = await call(officer, 'GET', `${path}/${id}`, undefined, 'read').catch((error: unknown) => {
          if (error instanceof CallRefused && error.status === 404) return undefined;
          throw error;
        });
        return page !== undefined && page.sequence >= sequence;
      },
      60_000,
    );
  const work = async (): Promise<void> => {
    while (!ending) {
      const { id, drafts } = await call('sc.zhouwei', 'POST', path, opening(), randomUUID());
      tell(await call('sc.chenguoqiang', 'POST', `${path}/${id}/drafts/${drafts[0]?.id ?? ''}/sign`, {}, randomUUID()));
      await arrival('cq.zhangmin', id, 1);
      tell(await call('cq.zhangmin', 'POST', `${path}/${id}/verify`, { form: aVerification }, randomUUID()));
      await arrival('sc.zhouwei', id, 2);
      const plan = { opinion: '可以接收', advice: '就业帮扶' };
      tell(await call('sc.zhouwei', 'POST', `${path}/${id}/plan`, { form: plan }, randomUUID()));
    }
  };
  const working = Promise.all(Array.from({ length: 3 }, work));
  let failed: unknown;
  working.catch((error: unknown) => (failed = error));
  const more = async (what: string): Promise<void> => {
    const until = told.length + 8;
    await eventually(what, () => failed !== undefined || told.length >= until, 120_000);
    expect(failed).toBeUndefined();
  };

  await more('steps of the old one alone');
  const second = await deployed.start('prison', 'sichuan');
  serving = [prison, second];
  await more('steps of both');
  serving = [second];
  expect(await prison.stop()).toBe(0);
  await more('steps of the new one alone');
  // And the other way about: the newer one ends, and the older has the log again.
  const third = await deployed.start('prison', 'sichuan');
  serving = [second, third];
  await more('steps of both');
  serving = [second];
  expect(await third.stop()).toBe(0);
  await more('steps of the older one, which has the log again');
  ending = true;
  await working;

  const exported = async (officer: string, at: ServiceProcess, id: string) =>
    (await deployed.as(officer, at).text('GET', `${path}/${id}/export`))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter(({ kind }) => kind === 'link');
  const cases = [...new Set(told.map((each) => each.case))];
  for (const id of cases) {
    await arrival('cq.zhangmin', id, 3);
    const ours = await exported('sc.zhouwei', second, id);
    const theirs = await exported('cq.zhangmin', theirPrison, id);
    expect(ours.map(({ event }) => event)).toEqual(theirs.map(({ event }) => event));
    expect(ours).toHaveLength(3);
    expect(told.filter((each) => each.case === id).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  }
  // Numbers are given by either process: without a gap, and no two alike.
  const zhou = deployed.as('sc.zhouwei', second);
  const numbers = await Promise.all(
    cases.map(async (id) => Number(/(\d+)号/.exec((await zhou.page(id)).number ?? '')?.[1])),
  );
  expect(numbers.sort((a, b) => a - b)).toEqual(cases.map((_, nth) => nth + 1));
  const running = [second, exchange, theirPrison, theirExchange];
  for (const each of running) expect([each.name, await each.stop()]).toEqual([each.name, 0]);
  for (const each of [prison, third, ...running]) expect([each.name, each.complaints]).toEqual([each.name, []]);
});
