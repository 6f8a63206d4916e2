import type { Shape } from '../definition';
import { readField, readSet } from '../document';
import { Duplicate } from '../port';
import { toText } from '../text';
import { isConstraint, type Row, type Statements } from './connection';
import { fieldColumn, indexOf, outgoingOf, pathOf, plain, setColumn, setKey, setOf, tableOf, uniqueOf } from './names';
import { toColumn } from './values';

/**
 * What a collection's table has been given columns for. It can be more than this process declares: while an old and
 * a new version run side by side, both fill the columns of both, or the other's index would lie.
 */
export interface Layout {
  readonly fields: readonly string[];
  readonly sets: readonly string[];
}

export function readLayout(statements: Statements, collection: string): Layout {
  const columns = statements.all('SELECT name FROM pragma_table_info(?)', plain(collection));
  const paths = columns.map(({ name }) => pathOf(String(name)));
  return {
    fields: paths.flatMap(({ field }) => field ?? []),
    sets: paths.flatMap(({ set }) => set ?? []),
  };
}

/** Adds to the database what the definition names and is missing there, and fills it from the documents. Within a transaction. */
export function createLayout(statements: Statements, shape: Shape): void {
  const { name } = shape;
  const run = (sql: string) => statements.connection.exec(sql);
  // The body comes last: a column behind it is read through all of its overflow pages.
  const columns = [
    ...[...shape.fields].map(fieldDefinition),
    ...[...shape.sets.keys()].map(setDefinition),
    'body TEXT NOT NULL',
  ];
  run(`CREATE TABLE IF NOT EXISTS ${tableOf(name)} (
    doc INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version TEXT NOT NULL, ${columns.join(', ')})`);
  run(`CREATE TABLE IF NOT EXISTS ${outgoingOf(name)} (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, message TEXT NOT NULL)`);
  const before = readLayout(statements, name);
  const missing: Layout = {
    fields: [...shape.fields].filter((path) => !before.fields.includes(path)),
    sets: [...shape.sets.keys()].filter((path) => !before.sets.includes(path)),
  };
  for (const path of missing.fields) run(`ALTER TABLE ${tableOf(name)} ADD COLUMN ${fieldDefinition(path)}`);
  for (const path of missing.sets) run(`ALTER TABLE ${tableOf(name)} ADD COLUMN ${setDefinition(path)}`);
  for (const [path, { unique }] of shape.sets) {
    run(`CREATE TABLE IF NOT EXISTS ${setOf(name, path)} (
      value TEXT NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (value, doc)) WITHOUT ROWID`);
    if (unique) makeUnique(statements, name, path);
    else run(`DROP INDEX IF EXISTS ${uniqueOf(name, path)}`);
  }
  if (missing.fields.length + missing.sets.length > 0) fill(statements, name, missing);
  for (const path of shape.unindexed) run(`DROP INDEX IF EXISTS ${indexOf(name, [path])}`);
  for (const paths of shape.indexes) {
    run(
      `CREATE INDEX IF NOT EXISTS ${indexOf(name, paths)} ON ${tableOf(name)} (${paths.map(fieldColumn).join(', ')}, id)`,
    );
  }
}

/** Removes everything that belongs to the collection. Within a transaction. */
export function dropLayout(statements: Statements, collection: string): void {
  const run = (sql: string) => statements.connection.exec(sql);
  for (const path of readLayout(statements, collection).sets) run(`DROP TABLE IF EXISTS ${setOf(collection, path)}`);
  run(`DROP TABLE IF EXISTS ${outgoingOf(collection)}`);
  run(`DROP TABLE IF EXISTS ${tableOf(collection)}`);
}

/** Brings the set's table from what it holds for the document (undefined: nothing yet) to `after`. */
export function writeSet(
  statements: Statements,
  collection: string,
  path: string,
  doc: number,
  change: { readonly before: readonly string[]; readonly after: readonly string[] },
): void {
  const table = setOf(collection, path);
  const before = new Set(change.before);
  const after = new Set(change.after);
  for (const value of before) {
    if (!after.has(value)) statements.run(`DELETE FROM ${table} WHERE value = ? AND doc = ?`, toText(value), doc);
  }
  for (const value of after) {
    if (before.has(value)) continue;
    try {
      statements.run(`INSERT INTO ${table} (value, doc) VALUES (?, ?)`, toText(value), doc);
    } catch (error) {
      throw isConstraint(error) ? new Duplicate(path, value) : error;
    }
  }
}

const fieldDefinition = (path: string): string => `${fieldColumn(path)} NOT NULL DEFAULT -9e999`;
/** The set as it was written, so that a save that leaves it alone need not look at its table. */
const setDefinition = (path: string): string => `${setColumn(path)} TEXT NOT NULL DEFAULT '[]'`;

function makeUnique(statements: Statements, collection: string, path: string): void {
  try {
    const columns = `${setOf(collection, path)} (value)`;
    statements.connection.exec(`CREATE UNIQUE INDEX IF NOT EXISTS ${uniqueOf(collection, path)} ON ${columns}`);
  } catch (error) {
    throw isConstraint(error) ? new Duplicate(path) : error;
  }
}

function fill(statements: Statements, collection: string, { fields, sets }: Layout): void {
  const table = tableOf(collection);
  const columns = [...fields.map(fieldColumn), ...sets.map(setColumn)].map((column) => `${column} = ?`).join(', ');
  for (let last = -1; ;) {
    const rows = statements.all(`SELECT doc, body FROM ${table} WHERE doc > ? ORDER BY doc LIMIT 500`, last);
    for (const row of rows) {
      const doc = Number(row.doc);
      const document: unknown = JSON.parse(String(row.body));
      const strings = sets.map((path) => readSet(document, path));
      const values = [
        ...fields.map((path) => toColumn(readField(document, path))),
        ...strings.map((set) => JSON.stringify(set)),
      ];
      statements.run(`UPDATE ${table} SET ${columns} WHERE doc = ?`, ...values, doc);
      sets.forEach((path, nth) =>
        writeSet(statements, collection, path, doc, { before: [], after: strings[nth] ?? [] }),
      );
      last = doc;
    }
    if (rows.length === 0) return;
  }
}

/** The set of a row as `setDefinition` keeps it. */
export function keptSet(row: Row, path: string): readonly string[] {
  return readSet({ set: JSON.parse(String(row[setKey(path)])) as unknown }, 'set');
}
