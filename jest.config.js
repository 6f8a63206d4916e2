// One configuration for every test; `script/test` runs the kinds (named by speed) one after the other.
const { existsSync, readFileSync } = require('node:fs');

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['libs', 'apps', 'script'].map((folder) => `${__dirname}/${folder}`).filter(existsSync),
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'))] },
  setupFiles: ['reflect-metadata'],
  testEnvironment: 'node',
  // Against hanging for ever, not a measure of speed: a busy machine may be ten times slower.
  testTimeout: 60_000,
  cacheDirectory: '<rootDir>/.nx/jest',
};
