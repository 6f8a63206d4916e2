import { change, each, type Collection } from '@chuanyu/collections';
import type { Clause } from '@chuanyu/contracts';
import type { ClauseBook } from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import type { KeptClause } from './collections';

const dataNames: Readonly<Record<string, string>> = {
  identity: '身份信息',
  contact: '联系方式',
  family: '家庭情况',
  conviction: '罪名与刑罚',
  health: '健康信息',
  'drug-use': '涉毒信息',
  risk: '风险评估',
  business: '业务信息',
};

/** How a clause stands at an instant. */
export const standing = (clause: Clause, at: string): 'live' | 'suspended' | 'not-yet' | 'ended' => {
  const date = dateOf(at);
  if (date < clause.from) return 'not-yet';
  if (date > clause.until || (clause.ended !== null && at >= clause.ended)) return 'ended';
  return clause.suspensions.some(({ from, until }) => at >= from && (until === null || at < until))
    ? 'suspended'
    : 'live';
};

/** What a clause let flow at an instant: an amendment changes nothing for what was taken before it. */
export const readingAt = (clause: Clause, at: string): Pick<Clause, 'workflows' | 'data'> =>
  clause.earlier?.find(({ until }) => at < until) ?? clause;

/** The clauses that this service has heard of on `coordination.clauses`. */
export class KnownClauses implements ClauseBook {
  private readonly known = new Map<string, Clause>();
  private readonly listeners = new Set<() => void>();
  constructor(
    private readonly kept: Collection<KeptClause>,
    private readonly now: () => string,
  ) {}

  /** What is kept; again as time passes, since another process of this service may be the one that hears of it. */
  async load(): Promise<void> {
    let isNew = false;
    for await (const { document } of each(this.kept, { limit: 500 })) {
      const known = this.known.get(document.id);
      if (known && known.revision >= document.clause.revision) continue;
      this.known.set(document.id, document.clause);
      isNew = true;
    }
    if (isNew) for (const listener of this.listeners) listener();
  }
  /** Keeps the newer of two statements; repeated ones change nothing. */
  async note(clause: Clause): Promise<void> {
    const kept = await change(this.kept, clause.id, (known) =>
      known && known.clause.revision >= clause.revision ? undefined : { id: clause.id, clause },
    );
    if (!kept) return;
    this.known.set(clause.id, clause);
    for (const listener of this.listeners) listener();
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  get(id: string): Clause | undefined {
    return this.known.get(id);
  }
  all(): readonly Clause[] {
    return [...this.known.values()];
  }

  covering(asked: Parameters<ClauseBook['covering']>[0]): ReturnType<ClauseBook['covering']> {
    const now = this.now();
    const between = this.all().filter(
      (clause) =>
        asked.provinces.every((province) => clause.provinces.includes(province)) &&
        (clause.workflows.includes('*') || clause.workflows.includes(asked.workflow)),
    );
    const live = between.filter((clause) => standing(clause, now) === 'live');
    const found = live.find((clause) => asked.classes.every((data) => clause.data.includes(data)));
    if (found) return { clause: found.id };
    const named = (classes: readonly string[]) => classes.map((data) => dataNames[data] ?? data).join('、');
    const suspended = between.find(
      (clause) => standing(clause, now) === 'suspended' && asked.classes.every((data) => clause.data.includes(data)),
    );
    if (suspended)
      return { missing: `条款「${suspended.title}」已中止，「${asked.title}」暂不能共享${named(asked.classes)}` };
    const lacking = asked.classes.filter((data) => !live.some((clause) => clause.data.includes(data)));
    return {
      missing: `「${asked.title}」需要两地合作协议中允许共享${named(lacking.length > 0 ? lacking : asked.classes)}的生效条款，目前没有`,
    };
  }
}
