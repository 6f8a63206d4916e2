import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, objections, pageFolder, schemaFolder, stale, type Items } from '@chuanyu/engine';
import { workflows } from '@chuanyu/workflows';
import { format, resolveConfig } from 'prettier';
import { root } from './command';

/** The published cooperation list: item,domain,group,title. None of its fields holds a comma. */
const itemsFile = `${pageFolder}/cooperation-items.csv`;
const items: Items = new Map(
  readFileSync(join(root, itemsFile), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [item = '', , , title = ''] = line.split(',');
      return [item, title];
    }),
);

const absolute = (path: string): string => join(root, path);
const committed = (): readonly string[] =>
  globSync([`${schemaFolder}/**/*.json`, `${pageFolder}/**/*.md`], { cwd: root }).sort();
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** A file that is not JSON, because a merge left its marks in it, is as good as none. */
const readJson = (path: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(readFileSync(absolute(path), 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

async function main(check: boolean): Promise<boolean> {
  const made = generatedFiles(workflows, items);
  const before = committed();
  const schemas = new Map(before.filter((path) => path.endsWith('.json')).map((path) => [path, readJson(path)]));
  const refused = objections(schemas, made);
  const style = (await resolveConfig(absolute('package.json'))) ?? {};
  const changed: [path: string, text: string][] = [];
  for (const [path, content] of made) {
    const raw = typeof content === 'string' ? content : JSON.stringify(content);
    const text = await format(raw, { ...style, filepath: path });
    if (!existsSync(absolute(path)) || readFileSync(absolute(path), 'utf8') !== text) changed.push([path, text]);
  }
  const left = stale(before, made);

  for (const reason of refused) console.error(reason);
  if (check) {
    for (const [path] of changed) console.error(`${path}: differs from what the workflow files say`);
    for (const path of left) console.error(`${path}: nothing makes it any more`);
    if (changed.length + left.length > 0) console.error('Run script/generate.');
    return refused.length + changed.length + left.length === 0;
  }
  if (refused.length > 0) {
    console.error('Nothing was written.');
    return false;
  }
  for (const [path, text] of changed) {
    mkdirSync(dirname(absolute(path)), { recursive: true });
    writeFileSync(absolute(path), text);
  }
  for (const path of left) rmSync(absolute(path));
  console.log(`${made.size} files: ${changed.length} written, ${left.length} removed.`);
  return true;
}

const wrong = process.argv.slice(2).filter((word) => word !== '--check');
if (wrong.length > 0) {
  console.error(`script/generate: what is ${wrong.join(' ')}? Only --check may be said.`);
  process.exitCode = 2;
} else {
  void main(process.argv.includes('--check')).then((ok) => {
    process.exitCode = ok ? 0 : 1;
  });
}
