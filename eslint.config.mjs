// How the code is read by a machine: strict TypeScript, and the boundaries between the libraries.
// libs/testing/src/architecture/boundaries.arch.spec.ts shows every boundary a snippet that breaks it.
import nx from '@nx/eslint-plugin';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { inputAndOutput, libraries, mayUse, onlyIn, pureLibraries } from './script/checks/layers.mjs';

// @nx/enforce-module-boundaries reads Nx's cached graph and says nothing where there is none: so make it first.
process.env.NX_DAEMON = 'false';
process.env.NX_ISOLATE_PLUGINS = 'false';
const { createProjectGraphAsync } = await import('@nx/devkit');
await createProjectGraphAsync({ exitOnError: false });

const sources = ['apps/**/*.ts', 'libs/**/*.ts', 'script/**/*.ts'];
// A port's contract suite is a spec that more than one adapter runs.
const specs = ['**/*.spec.ts', '**/*.fixture.ts', '**/contract/**/*.ts', '**/contract-suite.ts'];
const layers = (names) => names.map((name) => `layer:${name}`);

/** The layers each may depend on. */
const boundaries = (alsoInSpecs) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      depConstraints: [
        ...Object.entries(mayUse).map(([layer, uses]) => ({
          sourceTag: `layer:${layer}`,
          onlyDependOnLibsWithTags: layers([layer, ...uses, ...alsoInSpecs]),
        })),
        // Scripts stand on anything.
        { sourceTag: 'layer:root', onlyDependOnLibsWithTags: ['*'] },
        { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: layers(libraries) },
        { sourceTag: 'layer:app', onlyDependOnLibsWithTags: layers([...Object.keys(mayUse), ...alsoInSpecs]) },
      ],
      // Whether a library is loaded lazily somewhere is nobody else's business.
      checkDynamicDependenciesExceptions: ['.*'],
      // A library's specs use `testing`, which stands on that library; only their sources must not go in circles.
      ignoredCircularDependencies: [['*', '@chuanyu/testing']],
    },
  ],
});

const noSystemClock = [
  'MemberExpression[object.name="Date"][property.name="now"]',
  'CallExpression[callee.name="Date"]',
  'NewExpression[callee.name="Date"][arguments.length=0]',
].map((selector) => ({
  selector,
  message: 'The time comes from a Clock (@chuanyu/reference), so that tests and replays can set it.',
}));

/** Modules a library may not import, by `import`, `import type` or `import()`. `require` is forbidden everywhere. */
function restrictions(library, { spec = false, clock = spec, bare = false }) {
  const elsewhere = onlyIn
    .filter((only) => !bare && !only.libraries.includes(library))
    .map((only) => ({
      regex: `^${only.module}(/|$)`,
      message: `Only ${only.libraries.join(' and ')} may import it: use ${only.instead}.`,
    }));
  const modules = [...elsewhere, ...(spec ? [] : impure(library))];
  return {
    'no-restricted-imports': ['error', { patterns: modules }],
    'no-restricted-syntax': [
      'error',
      ...modules.map(({ regex, message }) => ({
        selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\/')}/]`,
        message,
      })),
      ...(clock ? [] : noSystemClock),
    ],
  };
}

function impure(library) {
  if (library === 'workflows') {
    const message = 'A workflow is written in the words of @chuanyu/engine and @chuanyu/reference and nothing else.';
    return [{ regex: '^(?!\\.\\.?/|@chuanyu/(engine|reference)$)', message }];
  }
  if (!pureLibraries.includes(library)) {
    return [{ regex: '^(node:)?process$', message: 'Settings are read once, in libs/service/src/settings.ts.' }];
  }
  return [
    { regex: `^(node:)?(${inputAndOutput.join('|')})(/|$)`, message: `${library} is pure: no I/O.` },
    { regex: '^@nestjs/', message: `${library} is pure: no framework.` },
  ];
}

export default defineConfig(
  { ignores: ['node_modules/', '.node/', '.nx/', '.data/', 'dist/', 'coverage/', '**/*.generated.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: sources,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx, 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs', '.json'] })],
    },
    rules: {
      ...boundaries([]),
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read once, in libs/service/src/settings.ts.' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // What was caught is passed on as it is: it may be an error of another realm.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A class may be a module of NestJS or hold only marked fields.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // `() => stop()` and `return stop()` read well, whether or not there is something to return.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Text is Chinese and Latin: its code points are its characters.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // `EventPattern<string>('x')` says a default and has to; NestJS declares bags of options as classes.
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // It does not see that a field or flag changes while we await, and calls such a check unnecessary.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A port's method is asynchronous also where an adapter has nothing to wait for: what it throws becomes a rejection.
      '@typescript-eslint/require-await': 'off',
    },
  },
  ...libraries.map((library) => ({
    files: [`libs/${library}/**/*.ts`],
    ignores: specs,
    rules: restrictions(library, {}),
  })),
  { files: ['apps/**/*.ts'], ignores: specs, rules: restrictions('app', {}) },
  ...[...libraries, 'app'].map((library) => ({
    files: specs.map((spec) => (library === 'app' ? `apps/${spec}` : `libs/${library}/${spec}`)),
    rules: restrictions(library, { spec: true }),
  })),
  { files: ['libs/reference/src/clock.ts'], rules: restrictions('reference', { clock: true }) },
  // What the bench measures our ports against is what lies beneath them.
  { files: ['libs/testing/src/bench/bare/*.ts'], rules: restrictions('testing', { bare: true }) },
  { files: ['libs/service/src/settings.ts', 'script/**/*.ts', ...specs], rules: { 'no-restricted-properties': 'off' } },
  { files: ['apps/**/*.ts', 'script/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: specs,
    rules: {
      ...boundaries(['testing']),
      // `expect.any(…)` is typed any; `expect(port.method)` does not call it; a spec's index is known to be there.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
