import type { CollectionDefinition, Document } from '@chuanyu/collections';
import { uuidOf, type JsonObject } from '@chuanyu/contracts';

/** How a record came to be as it is. */
export type RecordChange = 'put' | 'remove' | 'import';

/** A record of a register, as a unit keeps it. */
export interface KeptRecord extends Document {
  readonly register: string;
  readonly unit: string;
  readonly key: string;
  readonly record: JsonObject;
  /** Taken out; it stays for its history, and may come again. */
  readonly removed: boolean;
  /** Counts its changes, from 1. */
  readonly revision: number;
  readonly change: RecordChange;
  readonly by: string;
  readonly at: string;
  /** The latest import that concerned it: one that is applied twice, or late, changes nothing. */
  readonly imported: number;
  /** What it is found by. */
  readonly words: readonly string[];
}
/** A record as it was before a later change: `<record>/<revision>`. */
export interface PastRecord extends Document {
  readonly of: string;
  readonly revision: number;
  readonly was: KeptRecord;
}
/** A file that was taken in. It stands from the moment at which this document is saved, whatever has been applied of it. */
export interface KeptImport extends Document {
  readonly register: string;
  readonly unit: string;
  /** Counts the imports of a unit's register, from 1. */
  readonly n: number;
  readonly by: string;
  readonly at: string;
  /** What is still to be applied; empty once all is. */
  readonly rows: readonly { readonly key: string; readonly record: JsonObject }[];
  readonly applied: number;
  /** One at a time for a unit's register, and each number once. */
  readonly claims: readonly string[];
}

/** The same record of the same unit is the same document. */
export const recordId = (register: string, unit: string, key: string): string => uuidOf(`${register} ${unit} ${key}`);
export const waitingClaim = (register: string, unit: string): string => `waiting ${register} ${unit}`;

/** What a domain's service keeps of registers, under names that begin with its domain. */
export const recordsOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.registers`,
  fields: ['register', 'unit', 'key', 'removed'],
  sets: { words: { unique: false } },
  indexes: [['register', 'unit', 'removed', 'key']],
});
export const pastRecordsOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.register-history`,
  fields: ['of', 'revision'],
  sets: {},
  indexes: [['of', 'revision']],
});
export const importsOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.register-imports`,
  fields: ['register', 'unit', 'n'],
  sets: { claims: { unique: true } },
  indexes: [['register', 'unit', 'n']],
});
