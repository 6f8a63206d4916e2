import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { root } from './command';
import { isCarried, isInProduction, runsInProduction } from './image-contents';

/** Makes the tree of `script/image-tree`. What is in it and what is not stands in image-contents.ts. */
function main([folder]: readonly string[]): void {
  if (folder === undefined) throw new Error('script/image-tree <folder>');
  const app = join(resolve(folder), 'app');
  if (existsSync(app) && readdirSync(app).length > 0) throw new Error(`${app} is not empty`);
  const manifests = globSync('{apps,libs}/*/package.json', { cwd: root });
  install(app, manifests);
  const projects = manifests.map(dirname);
  for (const project of projects.filter((each) => !isInProduction(each)))
    rmSync(join(app, project), { recursive: true, force: true });
  for (const project of projects.filter(isInProduction)) compile(app, project);
}

/** The packages that the lock file names for production, and of them what is loaded. */
function install(app: string, manifests: readonly string[]): void {
  for (const file of ['package.json', 'package-lock.json', '.npmrc', ...manifests]) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    cpSync(join(root, file), join(app, file));
  }
  const { status } = spawnSync('npm', ['ci', '--omit=dev', '--omit=optional', '--no-audit', '--no-fund'], {
    cwd: app,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error('npm ci failed');
  for (const file of ['package-lock.json', '.npmrc', 'node_modules/.package-lock.json']) rmSync(join(app, file));
  const packages = join(app, 'node_modules');
  for (const link of globSync('@chuanyu/*', { cwd: packages })) {
    const project = manifests.map(dirname).find((each) => nameOf(each) === link);
    if (project === undefined || !isInProduction(project)) rmSync(join(packages, link));
  }
  for (const file of globSync('node_modules/**', { cwd: app, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !isCarried(path.slice(app.length + 1))) rmSync(path);
  }
}

/** Each source becomes the JavaScript that .swcrc says, at the same place; so imports and `exports` hold but for the ending. */
function compile(app: string, project: string): void {
  for (const file of globSync(`${project}/src/**/*.{ts,json}`, { cwd: root }).filter(runsInProduction)) {
    const target = join(app, file);
    mkdirSync(dirname(target), { recursive: true });
    if (file.endsWith('.json')) cpSync(join(root, file), target);
    else writeFileSync(target.replace(/\.ts$/, '.js'), compiled(join(root, file)));
  }
  const manifest = join(app, project, 'package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(/(\.\/src\/[^"]*)\.ts"/g, '$1.js"'));
}

/** With its map for stack traces, which needs no copy of the source. */
const compiled = (file: string): string =>
  transformFileSync(file, { inlineSourcesContent: false, sourceFileName: file.slice(root.length + 1) }).code;

const nameOf = (project: string): unknown =>
  (JSON.parse(readFileSync(join(root, project, 'package.json'), 'utf8')) as { name: unknown }).name;

main(process.argv.slice(2));
