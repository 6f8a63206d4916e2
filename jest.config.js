// One configuration for every test; `script/test` runs the kinds (named by speed) one after the other.
/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/script'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8'))] },
  setupFiles: ['reflect-metadata'],
  testEnvironment: 'node',
  cacheDirectory: '<rootDir>/.nx/jest',
};
