// Lets Node load TypeScript: swc turns each source into CommonJS, by .swcrc, once; what it made is kept in .nx/swc/.
// Plain JavaScript: it is what loads the rest. swc itself, 40 MB in memory, is loaded only where something is not kept yet.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join, relative } = require('node:path');

const root = join(__dirname, '..', '..');
const rules = join(root, '.swcrc');
const folder = join(root, '.nx', 'swc', 'kept');
// What else decides what swc makes of a source.
const salt = [rules, join(root, 'node_modules', '@swc', 'core', 'package.json')].map((file) =>
  readFileSync(file, 'utf8'),
);

const transpiled = (filename) => {
  const source = readFileSync(filename, 'utf8');
  const hash = createHash('sha256');
  for (const text of [...salt, relative(root, filename), source]) hash.update(text).update('\0');
  const kept = join(folder, `${hash.digest('hex')}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { transformSync } = require('@swc/core');
    const { code } = transformSync(source, { filename, configFile: rules });
    keep(kept, code);
    return code;
  }
};
// Whole or not at all, since several processes may start at once. Where nothing can be written, it is made again each time.
const keep = (file, code) => {
  const beside = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(beside, code);
    renameSync(beside, file);
  } catch {
    // A file system that is read only.
  }
};

Module._extensions['.ts'] = (module, filename) => module._compile(transpiled(filename), filename);
