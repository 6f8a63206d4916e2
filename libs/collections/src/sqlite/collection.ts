import { randomUUID } from 'node:crypto';
import { readCursor, upTo, writeCursor } from '../cursor';
import type { Shape } from '../definition';
import { readField, readSet, sealed, written } from '../document';
import { checkFields, checkFilter, checkLimit, checkPage } from '../filter';
import type { Listeners } from '../listeners';
import { Duplicate, VersionConflict } from '../port';
import type {
  Collection,
  CollectionDefinition,
  Document,
  Filter,
  Kept,
  Outgoing,
  Page,
  Query,
  Scalar,
  ValuesPage,
  ValuesQuery,
} from '../port';
import { fromText, toText } from '../text';
import { isConstraint, type Row, type Statements } from './connection';
import { keptSet, readLayout, writeSet, type Layout } from './layout';
import { fieldColumn, fieldKey, outgoingOf, setColumn, setKey, tableOf } from './names';
import { fromColumn, toColumn } from './values';
import { both, fromWhere, type Sql } from './where';

/** What a collection needs of its database. */
export interface Access {
  readonly statements: Statements;
  /** Runs at once; waits only while another process holds the file. */
  read<R>(work: () => R): Promise<R>;
  /** Runs within a transaction: all or nothing, and durable unless said otherwise, when resolved. */
  write<R>(work: () => R, how?: { readonly durable: boolean }): Promise<R>;
  readonly listeners: Listeners;
}

export class SqliteCollection<T extends Document> implements Collection<T> {
  private readonly table: string;
  private layout: Layout & { readonly schema: number } = { fields: [], sets: [], schema: -1 };

  constructor(
    readonly definition: CollectionDefinition,
    private readonly shape: Shape,
    private readonly access: Access,
  ) {
    this.table = tableOf(shape.name);
  }

  async insert(document: T, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    const { body, copy } = written(document);
    const messages = outgoing.map(sealed);
    return this.save(messages.length > 0, () => {
      const version = randomUUID();
      const { fields, sets } = this.currentLayout();
      const columns = ['id', 'version', ...fields.map(fieldColumn), ...sets.map(setColumn), 'body'];
      const strings = sets.map((path) => readSet(copy, path));
      const values = [
        ...fields.map((path) => toColumn(readField(copy, path))),
        ...strings.map((set) => JSON.stringify(set)),
      ];
      const sql = `INSERT INTO ${this.table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
      const { row } = unlessTaken('id', copy.id, () => {
        return this.access.statements.run(sql, toText(copy.id), version, ...values, body);
      });
      sets.forEach((path, nth) => this.writeSet(path, row, [], strings[nth] ?? []));
      this.enqueue(messages);
      return { document: copy, version };
    });
  }

  async get(id: string): Promise<Kept<T> | undefined> {
    const row = await this.access.read(() => {
      return this.access.statements.get(`SELECT version, body FROM ${this.table} WHERE id = ?`, toText(id));
    });
    return row && kept<T>(row);
  }

  async replace(document: T, version: string, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    const { body, copy } = written(document);
    const messages = outgoing.map(sealed);
    return this.save(messages.length > 0, () => {
      const layout = this.currentLayout();
      const before = this.atVersion(copy.id, version, layout);
      const changed = changes(before, layout, copy);
      const next = randomUUID();
      const columns = ['version = ?', 'body = ?', ...changed.map(({ column }) => `${column} = ?`)];
      const sql = `UPDATE ${this.table} SET ${columns.join(', ')} WHERE doc = ?`;
      this.access.statements.run(sql, next, body, ...changed.map(({ value }) => value), Number(before.doc));
      for (const { set } of changed) {
        if (set !== undefined) this.writeSet(set, Number(before.doc), keptSet(before, set), readSet(copy, set));
      }
      this.enqueue(messages);
      return { document: copy, version: next };
    });
  }

  async remove(id: string, version: string): Promise<void> {
    return this.access.write(() => {
      const layout = this.currentLayout();
      const before = this.atVersion(id, version, layout);
      for (const path of layout.sets) this.writeSet(path, Number(before.doc), keptSet(before, path), []);
      this.access.statements.run(`DELETE FROM ${this.table} WHERE doc = ?`, Number(before.doc));
    });
  }

  async find(query: Query): Promise<Page<T>> {
    checkPage(this.shape, query);
    const filter = checkFilter(this.shape, query.filter);
    const { sort, limit, after } = query;
    const keys = [...(sort === undefined ? [] : [`t.${fieldColumn(sort.by)}`]), 't.id'];
    const position = after === undefined ? undefined : readCursor(this.shape, sort, after);
    const direction = sort?.order === 'descending' ? 'DESC' : 'ASC';
    const rows = await this.access.read(() => {
      const found = fromWhere(this.access.statements, this.shape.name, filter);
      const values = position && [...(sort === undefined ? [] : [toColumn(position.value)]), toText(position.id)];
      const beyond: Sql[] = [];
      if (values !== undefined) {
        const places = values.map(() => '?').join(', ');
        beyond.push({ text: `(${keys.join(', ')}) ${direction === 'ASC' ? '>' : '<'} (${places})`, values });
      }
      const where = both([{ text: '1', values: [] }, ...beyond]);
      const order = keys.map((key) => `${key} ${direction}`).join(', ');
      // One more than asked for tells whether there is a next page.
      const sql = `SELECT t.version, t.body ${found.text} AND ${where.text} ORDER BY ${order} LIMIT ?`;
      return this.access.statements.all(sql, ...found.values, ...where.values, limit + 1);
    });
    const items = rows.slice(0, limit).map((row) => kept<T>(row));
    const last = items.at(-1);
    if (rows.length <= limit || last === undefined) return { items };
    const value = sort === undefined ? null : readField(last.document, sort.by);
    return { items, next: writeCursor(this.shape, sort, { value, id: last.document.id }) };
  }

  async values(paths: readonly string[], query: ValuesQuery): Promise<ValuesPage> {
    checkLimit(query);
    checkFields(this.shape, paths);
    const filter = checkFilter(this.shape, query.filter);
    const { limit, after } = query;
    const columns = ['t.id', ...new Set(paths.map((path) => `t.${fieldColumn(path)}`))].join(', ');
    const beyond = after === undefined ? [] : [toText(after)];
    const rows = await this.access.read(() => {
      const { text, values } = fromWhere(this.access.statements, this.shape.name, filter);
      const where = `${text}${after === undefined ? '' : ' AND t.id > ?'}`;
      const sql = `SELECT ${columns} ${where} ORDER BY t.id LIMIT ?`;
      return this.access.statements.all(sql, ...values, ...beyond, limit + 1);
    });
    const valuesOf = (row: Row) => paths.map((path) => fromColumn(row[fieldKey(path)]));
    const items = rows.map((row) => ({ id: fromText(String(row.id)), values: valuesOf(row) }));
    return upTo(limit, items);
  }

  async count(filter?: Filter): Promise<number> {
    const checked = checkFilter(this.shape, filter);
    return this.access.read(() => {
      const { text, values } = fromWhere(this.access.statements, this.shape.name, checked);
      return Number(this.access.statements.get(`SELECT count(*) AS count ${text}`, ...values)?.count);
    });
  }

  async tally(by: readonly string[], filter?: Filter): Promise<{ values: readonly Scalar[]; count: number }[]> {
    checkFields(this.shape, by);
    const checked = checkFilter(this.shape, filter);
    const columns = by.map((path) => `t.${fieldColumn(path)}`);
    return this.access.read(() => {
      const { text, values } = fromWhere(this.access.statements, this.shape.name, checked);
      // By no field at all, everything is one combination.
      const groups = columns.length === 0 ? 'NULL' : columns.join(', ');
      const rows = this.access.statements.all(
        `SELECT count(*) AS count, ${groups} ${text} GROUP BY ${groups} ORDER BY ${groups}`,
        ...values,
      );
      return rows.map((row) => ({
        values: by.map((path) => fromColumn(row[fieldKey(path)])),
        count: Number(row.count),
      }));
    });
  }

  async pending(limit: number): Promise<Outgoing[]> {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError('limit must be a whole number from 1');
    const sql = `SELECT message FROM ${outgoingOf(this.shape.name)} ORDER BY place LIMIT ?`;
    const rows = await this.access.read(() => this.access.statements.all(sql, limit));
    return rows.map((row) => JSON.parse(String(row.message)) as Outgoing);
  }

  async settle(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const known = ids.map(toText);
    return this.access.write(
      () => {
        for (const id of known)
          this.access.statements.run(`DELETE FROM ${outgoingOf(this.shape.name)} WHERE id = ?`, id);
      },
      { durable: false },
    );
  }

  onOutgoing(listener: () => void): () => void {
    return this.access.listeners.listen(this.shape.name, listener);
  }

  private async save<R>(announced: boolean, work: () => R): Promise<R> {
    const result = await this.access.write(work);
    if (announced) this.access.listeners.announce(this.shape.name);
    return result;
  }

  /** Another process may have added a column since: the schema's own counter tells. */
  private currentLayout(): Layout {
    const schema = Number(this.access.statements.get('PRAGMA schema_version')?.schema_version);
    if (schema !== this.layout.schema) this.layout = { ...readLayout(this.access.statements, this.shape.name), schema };
    return this.layout;
  }

  private atVersion(id: string, version: string, { fields, sets }: Layout): Row {
    const columns = ['doc', 'version', ...fields.map(fieldColumn), ...sets.map(setColumn)];
    const row = this.access.statements.get(`SELECT ${columns.join(', ')} FROM ${this.table} WHERE id = ?`, toText(id));
    if (row === undefined || row.version !== version) throw new VersionConflict(id);
    return row;
  }

  private writeSet(path: string, doc: number, before: readonly string[], after: readonly string[]): void {
    writeSet(this.access.statements, this.shape.name, path, doc, { before, after });
  }

  private enqueue(messages: readonly { readonly id: string; readonly message: string }[]): void {
    const sql = `INSERT INTO ${outgoingOf(this.shape.name)} (id, message) VALUES (?, ?)`;
    for (const { id, message } of messages) {
      unlessTaken('outgoing', id, () => this.access.statements.run(sql, toText(id), message));
    }
  }
}

/** What a column is to become, where it is not so already: an index that is not touched costs nothing. */
function changes(before: Row, { fields, sets }: Layout, copy: unknown) {
  const changed: { readonly column: string; readonly value: ReturnType<typeof toColumn>; readonly set?: string }[] = [];
  for (const path of fields) {
    const value = readField(copy, path);
    if (fromColumn(before[fieldKey(path)]) !== value)
      changed.push({ column: fieldColumn(path), value: toColumn(value) });
  }
  for (const set of sets) {
    const value = JSON.stringify(readSet(copy, set));
    if (before[setKey(set)] !== value) changed.push({ column: setColumn(set), value, set });
  }
  return changed;
}

function kept<T>(row: Row): Kept<T> {
  const document = JSON.parse(String(row.body)) as T;
  return { document, version: String(row.version) };
}

function unlessTaken<R>(path: string, value: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw isConstraint(error) ? new Duplicate(path, value) : error;
  }
}
