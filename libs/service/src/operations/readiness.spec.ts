import { ReadinessCheck } from './readiness';

it('is ready while all answer that it stands on', async () => {
  const readiness = new ReadinessCheck();
  let log: () => Promise<unknown> = () => Promise.resolve();
  readiness.stands('database', () => Promise.resolve());
  readiness.stands('log', () => log());
  readiness.tells(() => ({ mayWrite: true }));
  const told = { mayWrite: true };
  expect(await readiness.look()).toEqual({ ready: true, checks: { database: 'ready', log: 'ready' }, told });
  log = () => Promise.reject(new Error('cut'));
  expect(await readiness.look()).toEqual({ ready: false, checks: { database: 'ready', log: 'silent' }, told });
});

it('does not wait for what hangs, and asks it once however many want to know', async () => {
  const readiness = new ReadinessCheck();
  let times = 0;
  readiness.stands('log', () => {
    times += 1;
    return new Promise(() => undefined);
  });
  const began = performance.now();
  const looks = await Promise.all([readiness.look(), readiness.look()]);
  expect(looks.map(({ checks }) => checks)).toEqual([{ log: 'silent' }, { log: 'silent' }]);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(times).toBe(1);
});

it('is not ready once it ends, whatever answers', async () => {
  const readiness = new ReadinessCheck();
  readiness.stands('database', () => Promise.resolve());
  readiness.end();
  expect(await readiness.look()).toMatchObject({ ready: false, checks: { database: 'ready', service: 'ending' } });
});
