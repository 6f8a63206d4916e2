import type { Officer } from '@chuanyu/access';
import { BadCursor, type Page } from '@chuanyu/collections';
import { Refusal } from '@chuanyu/contracts';
import type { Gateway } from '../config';
import { itemMaker, type ListItem, type SignItem } from './list-item';
import { badCursor, listQuery, type ListQuery } from './list-query';
import { deskOf, type KeptRow } from './kept-row';
import type { RowBook } from './row-book';
import { Viewer, type Where } from './viewer';

export interface List<T> {
  readonly items: readonly T[];
  /** Where the next page begins: `after=`; null on the last one. */
  readonly next: string | null;
}

/** What an officer's lists hold: 待签收 · 待办 · 待审 · 已办, and the search over all that they may find. */
export class Lists {
  constructor(
    private readonly gateway: Gateway,
    private readonly book: RowBook,
  ) {}

  viewer(officer: Officer): Viewer {
    const { directory, officers, clock } = this.gateway.province;
    return new Viewer(officer, { directory, officers, clock });
  }
  itemMaker(): (kept: KeptRow) => ListItem {
    return itemMaker(this.gateway.province);
  }

  /** 待签收: what came to the officer's own unit and nobody there has looked at. */
  async toTakeIn(officer: Officer, url: string): Promise<List<ListItem>> {
    const viewer = this.viewer(officer);
    const page = await this.find(viewer, this.query(url, viewer, 'due'), {
      desks: { any: [deskOf.takeIn(officer.unit)] },
    });
    return this.items(page);
  }
  /** 待办: the unit has the turn, and the case is the officer's own, one of an absent officer, or nobody's and of their role; and what was returned to them. */
  async toDo(officer: Officer, url: string): Promise<List<ListItem>> {
    const viewer = this.viewer(officer);
    const page = await this.find(viewer, this.query(url, viewer, 'due'), { desks: { any: viewer.desks } });
    const item = this.itemMaker();
    return {
      ...this.items(page),
      items: page.items.map(({ document }) => ({ ...item(document), ...standIn(viewer.actingFor(document)) })),
    };
  }
  /** 待审: one line per draft that waits for this officer's signature. */
  async toSign(officer: Officer, url: string): Promise<List<SignItem>> {
    const viewer = this.viewer(officer);
    const query = this.query(url, viewer, 'due');
    const item = this.itemMaker();
    const linesOf = (kept: KeptRow): SignItem[] =>
      kept.row.drafts.flatMap((draft, at) => {
        const acting = viewer.signingFor(kept.row, draft);
        const line = item(kept);
        const shown = line.drafts[at];
        if (acting === null || !shown) return [];
        return [{ ...line, draft: { ...shown, href: `/api/drafts/${draft.id}` }, ...standIn(acting) }];
      });
    // Drafts are lines, rows are pages: so a page of rows is taken for each page of lines, as far as it goes.
    const page = await this.find(viewer, query, { signers: { any: viewer.roles } });
    return { ...this.items(page), items: page.items.flatMap(({ document }) => linesOf(document)) };
  }
  /** 已办: cases in which the officer has acted. */
  async done(officer: Officer, url: string): Promise<List<ListItem>> {
    const viewer = this.viewer(officer);
    const page = await this.find(viewer, this.query(url, viewer, 'changedAt'), { 'row.acted': { any: [officer.id] } });
    return this.items(page);
  }
  async cases(officer: Officer, url: string): Promise<List<ListItem>> {
    const viewer = this.viewer(officer);
    return this.items(await this.find(viewer, this.query(url, viewer, 'changedAt'), {}));
  }

  /** The case that holds a draft, where the officer may find it. Whoever has just been told of a draft is not ahead of the lists for long. */
  async holding(officer: Officer, draft: string): Promise<KeptRow | undefined> {
    let kept = await this.withDraft(draft);
    if (!kept) {
      const told = this.book.next(({ after }) => after.draftIds.includes(draft), this.gateway.limits.rowMilliseconds);
      kept = await this.withDraft(draft);
      if (!kept) {
        await told;
        kept = await this.withDraft(draft);
      }
    }
    return kept && this.viewer(officer).mayFind(kept) ? kept : undefined;
  }
  private async withDraft(draft: string): Promise<KeptRow | undefined> {
    const { items } = await this.book.rows.find({ filter: { where: { draftIds: { any: [draft] } } }, limit: 1 });
    return items[0]?.document;
  }

  private query(url: string, viewer: Viewer, sortedBy: 'due' | 'changedAt'): ListQuery {
    const { workflows, province } = this.gateway;
    return listQuery(url, viewer, { workflows, directory: province.directory, now: province.clock.now() }, sortedBy);
  }
  /** What is of this list, of what the officer has asked for, of what they may find. */
  private async find(viewer: Viewer, query: ListQuery, of: Where): Promise<Page<KeptRow>> {
    const { visible } = viewer;
    const { where, ...rest } = query;
    if (viewer.within.length === 0) return { items: [] };
    try {
      return await this.book.rows.find({
        filter: { where: { ...visible.where, ...where, ...of }, or: visible.or },
        ...rest,
      });
    } catch (error) {
      if (error instanceof BadCursor) throw new Refusal('bad-request', '查询参数有误', { errors: [badCursor] });
      throw error;
    }
  }
  private items(page: Page<KeptRow>): List<ListItem> {
    return { items: page.items.map(({ document }) => document).map(this.itemMaker()), next: page.next ?? null };
  }
}
const standIn = (officer: Officer | undefined) =>
  officer ? { standInFor: { id: officer.id, name: officer.name } } : {};
