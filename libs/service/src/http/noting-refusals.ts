import type { AuditLog } from '@chuanyu/access';
import { visitorOf } from './door';
import type { ProblemFilterOptions } from './problem-filter';

/** Every refusal is audited, under whoever was refused. */
export const notingRefusals = (audit: AuditLog, onError: (error: unknown) => void): ProblemFilterOptions => ({
  onInternal: onError,
  onRefusal: (refusal, request) => {
    const officer = visitorOf(request);
    void audit
      .append({
        who: officer?.id ?? 'unknown',
        ...(officer ? { unit: officer.unit } : {}),
        act: 'refused',
        outcome: 'refused',
        detail: { code: refusal.code },
      })
      .catch(onError);
  },
});
