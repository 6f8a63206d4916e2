import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Meters } from './meters';

const labels = { province: 'sichuan', service: 'prison' };

it('tells what was counted and what was looked up, with whose it is', async () => {
  const meters = new Meters(labels);
  meters.requests.inc({ method: 'GET', route: '/api/me', status: '200' });
  let pending = 3;
  meters.sample('relay', async () => [{ gauge: meters.relayPending, labels: { domain: 'prison' }, value: pending }]);
  expect(await meters.page()).toContain(
    'chuanyu_relay_pending_messages{domain="prison",province="sichuan",service="prison"} 3\n',
  );
  pending = 0;
  const page = await meters.page();
  expect(page).toContain('chuanyu_relay_pending_messages{domain="prison",province="sichuan",service="prison"} 0\n');
  expect(page).toMatch(/^chuanyu_http_requests_total\{.*route="\/api\/me".*\} 1$/m);
});

it('leaves out what cannot be read or is late, says so, and is not late itself', async () => {
  const meters = new Meters(labels);
  let isCut = false;
  meters.sample('log', async () => {
    if (isCut) throw new Error('cut');
    return [{ gauge: meters.lag, labels: { log: 'sichuan', group: 'g', topic: 't' }, value: 7 }];
  });
  meters.sample('hanging', () => new Promise(() => undefined));
  expect(await meters.page()).toMatch(/^chuanyu_log_lag_records\{.*\} 7$/m);
  isCut = true;
  const began = performance.now();
  const page = await meters.page();
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(page).not.toMatch(/^chuanyu_log_lag_records\{/m);
  expect(page).toMatch(/^chuanyu_scrape_failures_total\{of="log".*\} 1$/m);
  expect(page).toMatch(/^chuanyu_scrape_failures_total\{of="hanging".*\} 2$/m);
});

it('has the process’s own figures once on each page, however many services run in it', async () => {
  const pages = await Promise.all([new Meters(labels).page(), new Meters({ ...labels, service: 'lawyer' }).page()]);
  for (const page of pages) expect(page.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
});

it('has each figure in docs/operations.md, and nothing there that is none', () => {
  const text = readFileSync(join(__dirname, '../../../../docs/operations.md'), 'utf8');
  const described = [...text.matchAll(/^\| `(chuanyu_\w+)`/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual([...new Meters(labels).names].sort());
});
