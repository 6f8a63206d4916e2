import { createHash } from 'node:crypto';
import { ProvinceFixture } from '../province.fixture';

let province: ProvinceFixture;
beforeAll(async () => {
  province = await ProvinceFixture.start();
});
afterAll(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: readonly unknown[] }>>>>;
}
const document = async (): Promise<Document> =>
  (await province.ask('GET', '/api/openapi.json')).body as unknown as Document;

it('describes only routes that there are: each asks who it is, or is open as it says', async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe('3.1.0');
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'post'].includes(method))
      .map(([method, { security }]) => ({ method, path, open: security?.length === 0 })),
  );
  expect(operations.length).toBeGreaterThan(30);
  for (const { method, path, open } of operations) {
    const place = path
      .replaceAll('{domain}', 'prison')
      .replaceAll('{workflow}', 'trial-errand')
      .replaceAll(/\{\w+\}/g, 'x');
    const { status, text } = await province.ask(method.toUpperCase(), place);
    expect([method, path, status === 401, text.includes('没有这个地址')]).toEqual([method, path, !open, false]);
  }
});
it('describes each route that there is', async () => {
  const { paths } = await document();
  const described = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
  const served = province.gateway.routes.filter(
    (route) => !route.includes('*') && !route.startsWith('/api/docs') && route !== '/api/drafts/:draft/',
  );
  expect(served).toEqual(expect.arrayContaining(['/api/me', '/api/drafts/:draft/sign', '/health/live']));
  expect(served.filter((route) => !described.includes(route))).toEqual([]);
});
it('says nothing of development where there is none, and has no such route', async () => {
  expect(Object.keys((await document()).paths).filter((path) => path.startsWith('/dev'))).toEqual([]);
  for (const [method, path] of [
    ['GET', '/dev/state'],
    ['POST', '/dev/clock'],
    ['POST', '/dev/border/cut'],
  ] as const)
    expect((await province.ask(method, path)).status).toBe(404);
});
it('shows a page that needs nothing from elsewhere and runs nothing that its policy does not name', async () => {
  const { status, text, headers } = await province.ask('GET', '/api/docs');
  expect(status).toBe(200);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(policy).not.toContain('unsafe-eval');
  expect([...text.matchAll(/<script[^>]*>([^<]*)</g)].map(([, inline]) => inline?.trim())).toEqual(['', '', '']);
  for (const [, inline = ''] of text.matchAll(/<style[^>]*>(.*?)<\/style>/gs))
    expect(policy).toContain(createHash('sha256').update(inline).digest('base64'));
  const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].flatMap(([, file = '']) =>
    file.startsWith('#') ? [] : [file],
  );
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const file of files) {
    expect(file).toMatch(/^\.\//);
    const { pathname } = new URL(file, `${province.gateway.url}/api/docs`);
    const answer = await province.ask('GET', pathname);
    expect([pathname, answer.status]).toEqual([pathname, 200]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-type')).toMatch(/javascript|css|png/);
  }
});
