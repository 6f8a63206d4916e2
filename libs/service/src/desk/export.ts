import { shared } from '@chuanyu/contracts';
import type { CaseDocument, Link } from '@chuanyu/engine';

/**
 * A case's chain as JSON lines: `case`, one `link` for each event (what crosses, its hash, the signature it crossed
 * under, the receipts that this side has of it), `head`. Nothing that stays at home is in it, so exports of both sides can be laid side by side.
 */
export const exportCase = (document: CaseDocument, chain: readonly Link[], now: string, keys: unknown): string =>
  [
    {
      kind: 'case',
      format: 1,
      case: document.id,
      workflow: document.workflow,
      definition: document.definition,
      number: document.opening?.number ?? null,
      side: document.side,
      province: document.province,
      peer: document.peer,
      exported: now,
    },
    ...(keys === undefined ? [] : [{ kind: 'keys', keys }]),
    ...chain.map((link) => ({
      kind: 'link',
      sequence: link.event.casesequence,
      hash: link.hash,
      signature: link.signature,
      receipts: document.marks[link.event.casesequence] ?? {},
      event: shared(link.event),
    })),
    {
      kind: 'head',
      sequence: document.head.sequence,
      hash: document.head.hash,
      state: document.head.state,
      turn: document.head.turn,
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
