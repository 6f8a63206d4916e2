import { isPending, textIn, type CaseDocument, type Clause, type StepEvent } from '@chuanyu/engine';
import { agreement, type Agreement, type ClauseText, type Validity } from './agreement';

/** The paragraphs as they stood from an instant on: signed, or amended. */
interface Reading {
  readonly from: string;
  readonly clauses: readonly ClauseText[];
}

/** The clauses of an agreement as its case stands now, on this side: a suspension by right counts at once where it was asked for. */
export const clausesOfAgreement = (document: CaseDocument): readonly Clause[] => {
  if (document.workflow !== agreement.id || !document.opening?.counterpart) return [];
  const events = document.recent.map((link) => link.event);
  const joined = events.find((event) => stepIn(event) === 'join');
  const first = document.facts['Agreement']?.shared as Agreement | null | undefined;
  if (!joined || !first) return [];
  const validity = document.facts['Validity']?.shared as Validity | null | undefined;
  const readings: readonly Reading[] = [
    { from: joined.time, clauses: first.clauses },
    ...events
      .filter((event) => stepIn(event) === 'agree-amendment')
      .map((event) => ({ from: event.time, clauses: (event.data.yields as unknown as Validity).clauses })),
  ];
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
  const last = validity?.expires ?? first.expires;
  return (readings.at(-1)?.clauses ?? []).map((clause, index) => {
    const name = String(index + 1);
    const concerning = changes.filter((change) => change.clause === name || change.clause === '*');
    return {
      id: `${document.id}/${name}`,
      title: clause.title,
      agreement: first.title,
      provinces: [origin.province, counterpart.province],
      workflows: workflowsOf(clause),
      data: clause.data,
      from: clause.effective ?? first.effective,
      until: clause.expires ?? last,
      suspensions: suspensionsOf(concerning),
      ended,
      earlier: earlierOf(readings, index),
      revision: document.revision,
    };
  });
};

const stepIn = (event: StepEvent): string => event.type.split('.').at(2) ?? '';
const workflowsOf = (clause: ClauseText): readonly string[] => clause.workflows.split(/\s+/).filter((id) => id !== '');
/** What the paragraph let flow in earlier readings, each until the next was signed. */
const earlierOf = (readings: readonly Reading[], index: number): NonNullable<Clause['earlier']> =>
  readings.flatMap(({ clauses }, at) => {
    const [clause, next] = [clauses[index], readings[at + 1]];
    return clause && next ? [{ until: next.from, workflows: workflowsOf(clause), data: clause.data }] : [];
  });
const suspensionsOf = (changes: readonly { readonly step: string; readonly at: string }[]): Clause['suspensions'] => {
  const periods: { from: string; until: string | null }[] = [];
  for (const { step, at } of changes) {
    const last = periods.at(-1);
    if (step === 'suspend' && (!last || last.until !== null)) periods.push({ from: at, until: null });
    if (step === 'resume' && last && last.until === null) periods[periods.length - 1] = { from: last.from, until: at };
  }
  return periods;
};
