export { verifyExports, type Verdict, type VerifyOptions } from './verify-exports';
export { readKeySet, isKeySet } from './key-lines';
export type { BadRecord, BadRecordCode } from './export-file';
