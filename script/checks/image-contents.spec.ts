import { isCarried, isInProduction, runsInProduction } from './image-contents';

const linux = { ...process, platform: 'linux', arch: 'x64' } as const;

describe('The image', () => {
  test.each([
    ['node_modules/fastify/fastify.js', true],
    ['node_modules/fastify/types/request.d.ts', false],
    ['node_modules/rxjs/dist/cjs/index.js.map', false],
    ['node_modules/pino/LICENSE', true],
    ['node_modules/@types/node/package.json', false],
    ['node_modules/docx/dist/index.cjs', true],
    ['node_modules/docx/dist/index.iife.js', false],
    ['node_modules/docx/node_modules/sax/lib/sax.js', true],
    ['node_modules/exceljs/node_modules/@types/node/index.js', false],
    ['node_modules/argon2/prebuilds/linux-x64/argon2.glibc.node', true],
    ['node_modules/argon2/prebuilds/darwin-arm64/argon2.armv8.glibc.node', false],
    ['node_modules/@fontsource/noto-sans-sc/unicode.json', true],
    ['node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-119-700-normal.woff', true],
    ['node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-119-700-normal.woff2', false],
    ['node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-119-300-normal.woff', false],
  ])('of packages, has %s: %s', (file, is) => {
    expect(isCarried(file, linux)).toBe(is);
  });
  test.each([
    ['libs/service/src/settings.ts', true],
    ['libs/service/src/settings.spec.ts', false],
    ['libs/event-log/src/kafka/kafka.fixture.ts', false],
    ['libs/event-log/src/contract/letters.ts', false],
  ])('of sources, has %s: %s', (source, is) => {
    expect(runsInProduction(source)).toBe(is);
  });
  it('has every project but those of a developer', () => {
    expect(['libs/service', 'apps/prison', 'libs/testing', 'apps/all-in-one'].filter(isInProduction)).toEqual([
      'libs/service',
      'apps/prison',
    ]);
  });
});
