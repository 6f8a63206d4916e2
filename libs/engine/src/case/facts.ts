import type { Side } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { marksOf, type Class } from '../form/marks';
import type { Facts } from '../workflow/notation';
import { NotHeld, type Context } from './context';
import { unitInCharge, type CaseDocument, type Fact } from './document';
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

/** What rules, terms and claims may look at, from what this side really holds. */
export const factsOf = <F>(document: CaseDocument, context: Context, form: F): Facts<F> => ({
  form,
  today: dateOf(context.now),
  unit: unitInCharge(document),
  last<T>(wanted: Class<T>): T {
    const fact = document.facts[wanted.name];
    if (!fact) throw new NotHeld(`no ${wanted.name} was taken in this case`);
    return guarded(wanted as Class, fact, document.side) as T;
  },
  has: (wanted) => document.facts[wanted.name] !== undefined,
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
