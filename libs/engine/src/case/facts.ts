import type { Side } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { marksOf, type Class } from '../form/marks';
import type { Facts } from '../workflow/notation';
import type { Context } from './context';
import type { CaseDocument, Fact } from './document';

/** A rule looked at something that this side cannot hold. */
export class NotHeld extends Error {}

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
  last<T>(wanted: Class<T>): T {
    const fact = document.facts[wanted.name];
    if (!fact) throw new NotHeld(`no ${wanted.name} was taken in this case`);
    return guarded(wanted as Class, fact, document.side) as T;
  },
  has: (wanted) => document.facts[wanted.name] !== undefined,
  find: (register, key) => context.find(register, key),
  under: (workflow, state) => context.under(workflow, state),
});
