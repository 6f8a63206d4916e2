import { canonical, Refusal, type JsonObject } from '@chuanyu/contracts';
import { readTable, Unreadable, type Table } from '@chuanyu/documents';
import type { KeptImport, KeptRecord } from './collections';
import type { ReadSheet, SheetFault, SheetRow } from './sheet';

/** What a file does to a register, or would do. */
export interface ImportAnswer {
  readonly dryRun: boolean;
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly changes: readonly {
    readonly row: number;
    readonly key: string;
    readonly fields: readonly string[] | 'added';
  }[];
  readonly errors: readonly SheetFault[];
}
/** So many faults of a file are told. */
const FAULTS = 200;

/** Throws a Refusal with the reason where the file is no table. */
export const tableIn = async ({
  bytes,
  format,
}: {
  readonly bytes: Buffer;
  readonly format: 'xlsx' | 'csv';
}): Promise<Table> => {
  try {
    return await readTable(bytes, format);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const errors = [{ pointer: '', rule: 'readable', detail: error.reason }];
    throw new Refusal('bad-form', error.reason, { errors }, 'The file cannot be read');
  }
};
/** No fault, or no import. */
export const mustBeSound = ({ faults }: ReadSheet): void => {
  if (faults.length === 0) return;
  throw new Refusal(
    'bad-form',
    `文件有 ${faults.length} 处需要修改，一行也没有导入`,
    { errors: faults.slice(0, FAULTS) },
    'The file has faults; nothing of it was imported',
  );
};

/** The rows that differ from what is kept, and what to say of them. */
export const planOf = (
  { rows, faults }: ReadSheet,
  before: ReadonlyMap<string, KeptRecord>,
): { readonly rows: KeptImport['rows']; readonly answer: Omit<ImportAnswer, 'dryRun'> } => {
  const differing = rows
    .map((row) => ({ ...row, ...mergedWith(before.get(row.key), row) }))
    .filter(({ fields }) => fields.length > 0);
  const added = differing.filter(({ fields }) => fields === 'added').length;
  return {
    rows: differing.map(({ key, merged }) => ({ key, record: merged })),
    answer: {
      rows: rows.length,
      added,
      changed: differing.length - added,
      unchanged: rows.length - differing.length,
      changes: differing.map(({ at, key, fields }) => ({ row: at, key, fields })),
      errors: faults.slice(0, FAULTS),
    },
  };
};
/** A column that the file lacks leaves what is there; an empty cell takes it away. */
const mergedWith = (before: KeptRecord | undefined, { record, emptied }: SheetRow) => {
  if (!before) return { merged: record, fields: 'added' as const };
  const left = Object.entries(before.record).filter(([name]) => !emptied.includes(name));
  const merged: JsonObject = { ...Object.fromEntries(left), ...record };
  const names = [...new Set([...Object.keys(before.record), ...Object.keys(merged)])];
  const fields = names.filter((name) => canonical(before.record[name] ?? null) !== canonical(merged[name] ?? null));
  return { merged, fields };
};
