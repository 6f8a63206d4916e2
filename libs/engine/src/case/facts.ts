import type { Side } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { marksOf, type Class } from '../form/marks';
import type { Facts } from '../workflow/notation';
import type { Workflow } from '../workflow/workflow';
import { codeOf } from './code';
import { NotHeld, type Context, type Parent } from './context';
import { isOpen, parentIdOf, unitInCharge, type CaseDocument, type Fact } from './document';
import { freeForms } from './free';

/** The other side's private fields are not here; reading one is a fault of the workflow file, and throws. */
const guarded = (form: Class, fact: Fact, side: Side): object => {
  const held = { ...fact.shared, ...fact.private };
  if (fact.by === side) return held;
  const hidden = new Set([...marksOf(form)].filter(([, mark]) => mark.audience === 'private').map(([name]) => name));
  return new Proxy(held, {
    get(target, name) {
      if (typeof name === 'string' && hidden.has(name))
        throw new NotHeld(`${form.name}.${name} is private to the other side`);
      return Reflect.get(target, name) as unknown;
    },
  });
};

const lastOf =
  (document: CaseDocument) =>
  <T>(wanted: Class<T>): T => {
    const fact = document.facts[wanted.name];
    if (!fact) throw new NotHeld(`no ${wanted.name} was taken in this case`);
    return guarded(wanted as Class, fact, document.side) as T;
  };
const hasIn =
  (document: CaseDocument) =>
  (wanted: Class): boolean =>
    document.facts[wanted.name] !== undefined;

/** A case as those may see it that are opened under it. */
export const parentOf = (document: CaseDocument, workflow: Workflow): Parent => ({
  workflow: workflow.id,
  title: workflow.title,
  isOpen: document.status === 'live' && isOpen(document),
  state: document.head.state ?? '',
  since: document.head.since === '' ? '' : dateOf(document.head.since),
  number: document.opening?.number ?? '',
  last: lastOf(document),
  has: hasIn(document),
});
const parentIn = (document: CaseDocument, context: Context): Parent => {
  const under = parentIdOf(document);
  const parent = under === null ? undefined : context.parent(under);
  if (!parent) throw new NotHeld('the case that this one is a part of is not held here');
  return parent;
};

/** What rules, terms and claims may look at, from what this side really holds. */
export const factsOf = <F>(document: CaseDocument, context: Context, form: F): Facts<F> => ({
  form,
  today: dateOf(context.now),
  unit: unitInCharge(document),
  last: lastOf(document),
  has: hasIn(document),
  get parent() {
    return parentIn(document, context);
  },
  code: () => codeOf(context.uuid()),
  find<T>(register: Class<T>, key: string): T | undefined {
    if (!context.workflow.registers.some(({ of }) => of === register))
      throw new NotHeld(`${register.name} is no register of ${context.workflow.id}`);
    return context.find(register, key);
  },
  under: (workflow, state) => context.under(workflow, state),
  free: (wanted, candidates) =>
    freeForms(document, context, candidates, (candidate) =>
      factsOf<unknown>(withFact(document, wanted, candidate), context, candidate),
    ),
});

/** The case as if this side had brought that form. */
const withFact = (document: CaseDocument, form: Class, value: object): CaseDocument => ({
  ...document,
  facts: {
    ...document.facts,
    [form.name]: { shared: { ...value }, private: null, by: document.side, sequence: document.head.sequence },
  },
});
