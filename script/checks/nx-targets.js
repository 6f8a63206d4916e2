// Gives every app and library the same targets, so that no package.json has to repeat them:
// `npx nx run-many -t lint test`, `npx nx test @chuanyu/engine`. They run our own scripts, narrowed to the project.
const { dirname } = require('node:path');

/** @type {import('@nx/devkit').CreateNodesV2} */
const createNodesV2 = [
  '{apps,libs}/*/package.json',
  (files) =>
    files.map((file) => {
      const root = dirname(file);
      const targets = {
        lint: { command: `script/lint ${root}`, cache: true, inputs: ['default', '^default', 'rules'] },
        test: {
          command: `script/test unit integration e2e arch ${root}`,
          cache: true,
          inputs: ['default', '^default', 'rules'],
        },
      };
      return [file, { projects: { [root]: { targets } } }];
    }),
];

module.exports = { name: 'script/checks/nx-targets', createNodesV2 };
