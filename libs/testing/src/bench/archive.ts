import { cpus } from 'node:os';
import { join } from 'node:path';
import { Duplicate, eachPage, openSqlite, type Collection, type Database } from '@chuanyu/collections';
import { rowOf, type CaseDocument } from '@chuanyu/engine';
import { RowBook } from '@chuanyu/gateway';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { casesOf } from '@chuanyu/service';
import { releaseHandover, workflows } from '@chuanyu/workflows';
import { Random } from '../simulation/random';
import type { CaseMaker, Stage } from './made-cases';
import { Child } from './processes/child';
import { inWords } from './rounds';

/** Cases are made in blocks, each by a seed of its own, so that a run that was broken off goes on where it was. */
const BLOCK = 250;
const SAY_EVERY = 5000;

export interface BlockAsked {
  readonly block: number;
  readonly now: number;
  /** Events of a case, on the average. */
  readonly events: number;
}

/** One in four is under way, at each of the first stages; the others were received, and are followed up until the average is reached. */
const UNDER_WAY: readonly Stage[] = ['notified', 'verified', 'planned', 'accepted', 'released'];
const lengthOf = (events: number, random: Random): { readonly stage: Stage; readonly followUps: number } => {
  const stage = random.chance(0.25) ? random.pick(UNDER_WAY) : undefined;
  if (stage !== undefined) return { stage, followUps: 0 };
  // 0.25 × 3 events on the average are under way; a received case has six before the first follow-up.
  const wanted = Math.max(0, (events - 0.75) / 0.75 - 6);
  return { stage: 'received', followUps: Math.floor(wanted) + (random.chance(wanted % 1) ? 1 : 0) };
};

/** The documents of Chongqing's side, as text. */
export const blockOf = (
  { block, now, events }: BlockAsked,
  makerOf: (seed: number, now: number, before: number) => CaseMaker,
): readonly string[] => {
  const random = new Random(block + 1);
  const maker = makerOf(block + 1, now, block * BLOCK);
  return Array.from({ length: BLOCK }, () => {
    const { stage, followUps } = lengthOf(events, random);
    return JSON.stringify(maker.make(stage, followUps).chongqing.document);
  });
};

export interface Filled {
  readonly cases: number;
  readonly events: number;
}

/** Fills the prison service's cases of a province until so many are there, and its lists with them. The province must not be running. */
export async function fill(
  folder: string,
  cases: number,
  eventsOfACase: number,
  say: (line: string) => void,
): Promise<Filled> {
  // What a power cut takes away is filled again.
  const database = await openSqlite({ file: join(folder, 'cases.db'), durability: 'normal' });
  const collection = await database.collection<CaseDocument>(casesOf('prison'));
  const makers = await Promise.all(Array.from({ length: cpus().length }, () => Child.start('maker', {})));
  const now = realTime.millis();
  const before = await collection.count();
  const began = performance.now();
  let said = before;
  let done = before;
  let next = Math.floor(before / BLOCK);
  const last = Math.ceil(cases / BLOCK);
  const lane = async (maker: Child<unknown>): Promise<void> => {
    const ask = () => {
      const block = next++;
      const asked: BlockAsked = { block, now, events: eventsOfACase };
      return block < last ? maker.ask<readonly string[]>('block', asked) : undefined;
    };
    // While one block is kept, the next is made.
    for (let making = ask(); making;) {
      const texts = await making;
      making = ask();
      await Promise.all(texts.map((text) => keep(collection, JSON.parse(text) as CaseDocument)));
      done += BLOCK;
      if (done - said < SAY_EVERY) continue;
      said = done;
      const rate = (done - before) / ((performance.now() - began) / 1000);
      say(`${inWords(done)} of ${inWords(cases)} cases, ${inWords(rate)}/s, ${inWords((cases - done) / rate)} s to go`);
    }
  };
  await Promise.all(makers.map(lane));
  await Promise.all(makers.map((maker) => maker.stop()));
  await fillLists(database, collection, say);
  const filled = await collection.count();
  await database.close();
  return { cases: filled, events: Math.round(filled * eventsOfACase) };
}
/** A block that was half written has some of its cases already. */
const keep = async (collection: Collection<CaseDocument>, document: CaseDocument): Promise<void> => {
  try {
    await collection.insert(document);
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error;
  }
};

/** As they are when each case was told of: so a million need not be told of before the lists can be read. */
async function fillLists(
  database: Database,
  cases: Collection<CaseDocument>,
  say: (line: string) => void,
): Promise<void> {
  const book = await RowBook.open(database, workflows, twoProvinces);
  const wanted = await cases.count();
  if ((await book.rows.count()) >= wanted) return;
  let done = 0;
  for await (const { items } of eachPage((from) => cases.find({ limit: BLOCK, ...from }))) {
    const rows = items.map(({ document }) => rowOf(document, releaseHandover, document.changedAt));
    await Promise.all(rows.map((row) => book.note(row)));
    done += rows.length;
    if (done % SAY_EVERY < BLOCK) say(`lists: ${inWords(done)} of ${inWords(wanted)} cases`);
  }
}
