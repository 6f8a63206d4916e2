import {
  anAttached,
  defaultLimits,
  fieldsOf,
  follow,
  judge,
  newCase,
  receiveAsk,
  receiveStep,
  signDraft,
  signersOf,
  takeStep,
  takersOf,
  wake,
  type Cell,
  type exampleOf,
  type CaseDocument,
  type Class,
  type Context,
  type Step,
  type Who,
  type Work,
  type Workflow,
} from '@chuanyu/engine';
import { Calendar } from '@chuanyu/reference';

/** The shapes of `contracts`, by way of the engine: a workflow stands on nothing else. */
type Side = Cell['side'];
type JsonObject = ReturnType<typeof exampleOf>;
type Message = Work['send'][number];
type Ask = Extract<Message, { kind: 'ask' }>['ask'];
export type StepEvent = Extract<Message, { kind: 'step' }>['event'];
const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === 'Refusal';

/** What two provinces said to each other on a walk of random steps through one case. */
export interface Walked {
  readonly events: readonly StepEvent[];
  readonly asks: readonly Ask[];
}

/** A small generator with a seed: the same walk every time. */
export const randomOf = (seed: number): ((below: number) => number) => {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
type Random = ReturnType<typeof randomOf>;
const pick = <T>(random: Random, values: readonly T[]): T | undefined => values[random(values.length)];

/** A filled form: some optional fields, some choice of every list. */
export const filled = (form: Class, random: Random): JsonObject =>
  Object.fromEntries(
    [...fieldsOf(form)]
      .filter(([, field]) => !field.optional || (field.example !== null && random(2) === 0))
      .map(([name, field]) => [name, valueOf(field, random) as JsonObject]),
  );
const valueOf = (
  field: ReturnType<typeof fieldsOf> extends ReadonlyMap<string, infer F> ? F : never,
  random: Random,
) => {
  const { schema, of } = field;
  if (of) return [filled(of, random), filled(of, random)].slice(0, 1 + random(2));
  if (schema?.['type'] === 'boolean') return random(2) === 0;
  return Array.isArray(schema?.['enum']) ? pick(random, schema['enum'] as readonly unknown[]) : field.example;
};

/** The workflow without its rules and claims: a walk is about where steps lead and what they carry. */
const unruled = (workflow: Workflow): Workflow => {
  const steps = new Map([...workflow.steps].map(([name, step]) => [name, { ...step, rules: [] }] as const));
  return { ...workflow, steps, claims: [], opening: steps.get(workflow.opening.name) ?? workflow.opening };
};
/** The example of a unit lies in Sichuan: so Chongqing opens, and a form may name whom it is sent to. */
const provinces: Readonly<Record<Side, string>> = { origin: 'chongqing', counterpart: 'sichuan' };
const unitOf: Readonly<Record<Side, string>> = { origin: 'cq-unit', counterpart: 'sc-chengdu-prison' };

/** `seen` counts steps over many walks: where the case may go on in several ways, the rarest is taken half of the time. */
export const walk = (file: Workflow, seed: number, length: number, seen: Map<string, number>): Walked => {
  const workflow = unruled(file);
  const random = randomOf(seed);
  const events: StepEvent[] = [];
  const asks: Ask[] = [];
  const late: (() => void)[] = [];
  const refused: string[] = [];
  let now = Date.parse('2026-11-20T02:00:00.000Z');
  let count = 0;
  const contextOf = (side: Side): Context => ({
    province: provinces[side],
    abbreviation: side === 'origin' ? '渝' : '川',
    workflow,
    now: new Date(now).toISOString(),
    calendar,
    units: {
      get: (id) => {
        const [province, kinds] = id.startsWith('cq-')
          ? (['chongqing', workflow.units.origin] as const)
          : (['sichuan', workflow.units.counterpart] as const);
        return { province, kind: kinds[0] ?? 'prison' };
      },
    },
    clauses: { covering: () => ({ clause: 'agreement/1' }) },
    find: () => undefined,
    file: () => anAttached,
    under: () => ({ count: 0, of: 0 }),
    parent: () => parentOf(workflow.under, random),
    epoch: 1,
    mayWrite: true,
    uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
    taken: new Set(),
    held: () => new Set(),
    serial: 1,
    limits: defaultLimits,
    archivedHash: () => undefined,
    without: new Set(),
  });
  const replica = (side: Side): CaseDocument =>
    newCase({
      id: '11111111-1111-8111-8111-111111111111',
      workflow: workflow.id,
      domain: workflow.domain,
      definition: workflow.version,
      province: provinces[side],
      peer: workflow.domestic ? null : provinces[side === 'origin' ? 'counterpart' : 'origin'],
      side,
      status: side === 'origin' ? 'draft' : 'placeholder',
      alias: '22222222-2222-4222-8222-222222222222',
      createdAt: new Date(now).toISOString(),
      ...(workflow.under === undefined || side === 'counterpart' ? {} : { under: PARENT }),
    });
  const cases: Record<Side, CaseDocument> = { origin: replica('origin'), counterpart: replica('counterpart') };

  const change = (side: Side, act: (work: Work, context: Context) => unknown): void => {
    const copy = structuredClone(cases[side]);
    const work: Work = { case: copy, send: [] };
    try {
      act(work, contextOf(side));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push(error.message);
      return;
    }
    cases[side] = copy;
    for (const message of work.send) deliver(side === 'origin' ? 'counterpart' : 'origin', message);
  };
  const deliver = (to: Side, message: Message): void => {
    if (message.kind === 'step') {
      const { private: _, ...event } = message.event;
      events.push(event);
      if (!workflow.domestic) change(to, (work, context) => receiveStep(work, context, { event, signature: null }));
    }
    if (message.kind === 'ask') {
      asks.push(message.ask);
      // Some asks are late: the holder has moved on when they arrive.
      if (random(2) > 0) late.push(() => change(to, (work, context) => receiveAsk(work, context, message.ask)));
      else change(to, (work, context) => receiveAsk(work, context, message.ask));
    }
  };
  const take = (side: Side, step: Step, role: string): void => {
    const who: Who = { officer: 'drafter', unit: unitOf[side], roles: [role] };
    change(side, (work, context) => {
      const form = formOf(work.case, workflow, step, side, random);
      const command = { step: step.name, form, key: `key ${(count += 1)}`, fingerprint: '', who, overrides: [] };
      const to = { province: provinces.counterpart, unit: unitOf.counterpart };
      const taken = takeStep(
        work,
        context,
        step.opens === undefined || workflow.domestic ? command : { ...command, to },
      );
      if (taken.as === 'draft')
        signDraft(work, context, taken.what, {
          ...who,
          officer: 'leader',
          roles: signersOf(work.case, workflow, step),
        });
    });
  };

  /** The parent takes a step that this case follows. */
  const followIn = (side: Side): void => {
    const step = pick(
      random,
      [...workflow.steps.values()].filter((each) => each.follows !== undefined),
    );
    if (!step || side !== 'origin') return;
    seen.set(step.name, (seen.get(step.name) ?? 0) + 1);
    const by = { province: provinces.origin, unit: unitOf.origin, role: step.by[0] ?? '' };
    change(side, (work, context) => {
      follow(work, context, {
        member: work.case.id,
        step: step.name,
        form: step.form ? filled(step.form, random) : null,
        key: `follow ${(count += 1)}`,
        by,
        signed: step.signedBy[0] ?? null,
        officer: 'drafter',
        signer: null,
        next: context.now,
        tries: 0,
      });
    });
  };

  take('origin', workflow.opening, workflow.opening.by[0] ?? '');
  for (let at = 0; at < length; at += 1) {
    now += random(4) === 0 ? 86_400_000 * random(8) : 60_000;
    const side: Side = workflow.domestic || random(2) === 0 ? 'origin' : 'counterpart';
    if (random(4) === 0) late.shift()?.();
    const { due, state, turn } = cases[side].head;
    const lapses = workflow.states.get(state ?? '')?.late !== undefined && turn === side;
    if (due !== null && random(lapses ? 3 : 12) === 0) {
      now = Math.max(now, Date.parse(due)) + 3_600_000;
      change(side, wake);
    }
    const document = cases[side];
    if (workflow.under !== undefined && random(5) === 0) followIn(side);
    const possible = [...workflow.steps.values()].filter((step) => 'how' in judge(document, workflow, step, undefined));
    const own = possible.filter((each) => !each.everyday);
    const rarest = [...possible].sort((a, b) => (seen.get(a.name) ?? 0) - (seen.get(b.name) ?? 0))[0];
    const step = random(2) === 0 ? rarest : pick(random, own.length > 0 && random(4) > 0 ? own : possible);
    if (step) seen.set(step.name, (seen.get(step.name) ?? 0) + 1);
    const role = step && pick(random, takersOf(document, workflow, step));
    if (step && role !== undefined) take(side, step, role);
  }
  if (events.length === 0) throw new Error(`${workflow.id} could not be opened: ${refused.join('\n')}`);
  return { events, asks };
};
const calendar = new Calendar();
const PARENT = '33333333-3333-8333-8333-333333333333';
/** A parent that has brought whatever is read of it. */
const parentOf = (under: string | undefined, random: Random): ReturnType<Context['parent']> => ({
  workflow: under ?? '',
  title: '上级办件',
  isOpen: true,
  state: '',
  since: '2026-11-20',
  number: '渝〔2026〕1号',
  last: <T>(form: Class<T>): T => filled(form as Class, random) as T,
  has: () => true,
});

const formOf = (
  document: CaseDocument,
  workflow: Workflow,
  step: Step,
  side: Side,
  random: Random,
): JsonObject | undefined => {
  if (!step.form) return undefined;
  const form = filled(step.form, random);
  if (step.name === 'pass-on') return { ...form, unit: unitOf[side] };
  if (step.name === 'readdress') return { ...form, unit: unitOf.counterpart };
  if (step.name !== 'correct') return form;
  const own = [...workflow.steps.values()].flatMap((each) => {
    const fact = each.form && !each.everyday ? document.facts[each.form.name] : undefined;
    return each.form && fact?.by === side && takersOf(document, workflow, each).length > 0
      ? [{ step: each.name, sequence: fact.sequence, form: each.form }]
      : [];
  });
  const chosen = pick(random, own);
  return chosen ? { ...form, ...chosen, form: filled(chosen.form, random) } : form;
};
