import type { JsonObject } from '@chuanyu/contracts';
import { isAttached, type Attached } from './attached';
import { fieldsOf } from './fields';
import type { Class } from './marks';

export interface FoundAttachment {
  /** JSON pointer within the form. */
  readonly pointer: string;
  readonly attached: Attached;
}
/** Whatever names a file in a value, of a form that is not known too: in a checked form only an attachment looks like one. */
export const attachedWithin = (value: unknown): readonly Attached[] => {
  if (isAttached(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(attachedWithin);
};
/** The files that a form's value names, those in lists too. */
export const attachmentsIn = (
  form: Class | undefined,
  value: JsonObject | null | undefined,
  at = '',
): readonly FoundAttachment[] => {
  if (!form || !value) return [];
  return [...fieldsOf(form)].flatMap(([name, field]) => {
    const kept: unknown = value[name];
    const pointer = `${at}/${name}`;
    if (field.schema?.['format'] === 'attachment') return isAttached(kept) ? [{ pointer, attached: kept }] : [];
    const { of } = field;
    if (!of || !Array.isArray(kept)) return [];
    return (kept as readonly JsonObject[]).flatMap((item, n) => attachmentsIn(of, item, `${pointer}/${n}`));
  });
};
