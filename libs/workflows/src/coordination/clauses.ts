import { isPending, textIn, type CaseDocument, type Clause, type StepEvent } from '@chuanyu/engine';
import { agreement, type ClauseText } from './agreement';

interface Signed {
  readonly title: string;
  readonly effective: string;
  readonly expires: string;
  readonly clauses: readonly ClauseText[];
}

/** The clauses of an agreement as its case stands now, on this side: a suspension by right counts at once where it was asked for. */
export const clausesOfAgreement = (document: CaseDocument): readonly Clause[] => {
  if (document.workflow !== agreement.id || !document.opening?.counterpart) return [];
  const events = document.recent.map((link) => link.event);
  if (!events.some((event) => stepIn(event) === 'join')) return [];
  const signed = document.facts['Agreement']?.shared as Signed | undefined;
  if (!signed) return [];
  const { origin, counterpart } = document.opening;
  const changes = [
    ...events.map((event) => ({
      step: stepIn(event),
      at: event.data.ask?.time ?? event.time,
      clause: textIn(event.data.form, 'clause'),
    })),
    ...document.asks
      .filter((own) => isPending(own) && own.ask.byright)
      .map(({ ask }) => ({ step: ask.step, at: ask.time, clause: textIn(ask.form, 'clause') })),
  ];
  const ended = events.find((event) => event.data.state === 'ended')?.time ?? null;
  return signed.clauses.map((clause, index) => {
    const name = String(index + 1);
    const concerning = changes.filter((change) => change.clause === name || change.clause === '*');
    return {
      id: `${document.id}/${name}`,
      title: clause.title,
      agreement: signed.title,
      provinces: [origin.province, counterpart.province],
      workflows: clause.workflows.split(/\s+/).filter((id) => id !== ''),
      data: clause.data,
      from: signed.effective,
      until: signed.expires,
      suspensions: suspensionsOf(concerning),
      ended,
      revision: document.revision,
    };
  });
};

const stepIn = (event: StepEvent): string => event.type.split('.').at(2) ?? '';
const suspensionsOf = (changes: readonly { readonly step: string; readonly at: string }[]): Clause['suspensions'] => {
  const periods: { from: string; until: string | null }[] = [];
  for (const { step, at } of changes) {
    const last = periods.at(-1);
    if (step === 'suspend' && (!last || last.until !== null)) periods.push({ from: at, until: null });
    if (step === 'resume' && last && last.until === null) periods[periods.length - 1] = { from: last.from, until: at };
  }
  return periods;
};
