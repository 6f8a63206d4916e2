import { checkLine, InvalidData } from '@chuanyu/reference';
import type { AuditEntry } from './audit-chain';

/** An id, code, number or instant; no Chinese, no blank, so no name and no sentence. */
const ID = /^[A-Za-z0-9][\w.:/@+-]{0,199}$/;
/** A citizen identification number or a mobile telephone number standing by itself. */
const PERSONAL = /(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])/;

/** Refuses what could be a person's data, before it is chained for good. Throws InvalidData naming every field, never a value. */
export function checkAuditEntry(entry: AuditEntry): void {
  const { purpose, detail = {}, outcome, ...ids } = entry;
  const faults: string[] = [];
  for (const [field, value] of Object.entries(ids)) if (!isId(value)) faults.push(`${field}: must be an id`);
  if (!['done', 'refused', 'failed'].includes(outcome)) faults.push('outcome: must be done, refused or failed');
  if (purpose !== undefined && (checkLine(purpose, { max: 100 }) || PERSONAL.test(purpose))) {
    faults.push('purpose: must be one line of at most 100 characters without anybody’s number');
  }
  for (const [key, value] of Object.entries(detail)) {
    const good =
      typeof value === 'number'
        ? Number.isFinite(value) && isId(String(value).replace('-', ''))
        : typeof value === 'boolean' || isId(value);
    if (!good || !/^[a-z][A-Za-z0-9]*$/.test(key))
      faults.push(`detail.${ID.test(key) ? key : '?'}: must be an id, a number or yes or no`);
  }
  if (faults.length > 0) throw new InvalidData('audit entry', faults);
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && ID.test(value) && !PERSONAL.test(value);
}
