import { Readable } from 'node:stream';
import {
  Duplicate,
  VersionConflict,
  change,
  type Collection,
  type CollectionDefinition,
  type Document,
  type Kept,
} from '@chuanyu/collections';
import type { AskMessage, PieceMessage, StepMessage, WantMessage } from '@chuanyu/contracts';
import type { Attached } from '@chuanyu/engine';
import { NotYet, type LogRecord } from '@chuanyu/event-log';
import { NoSuchFile } from '@chuanyu/files';
import type { Clock } from '@chuanyu/reference';
import { FileRefused, type FileFault, type Files } from '@chuanyu/service';
import { allPieces, filesNamed, PIECE, piecesOf, rangeOf } from './pieces';

/** A file that an event of the peer names and that is not here yet. `<peer> <hash>` */
export interface ArrivingFile extends Document {
  readonly peer: string;
  readonly attached: Attached;
  /** Piece → hash under which it lies in the store until all are there. */
  readonly have: Readonly<Record<string, string>>;
  /** When it is asked for (again), and how often it was. */
  readonly next: string;
  readonly tries: number;
}
export const arrivingFiles: CollectionDefinition = {
  name: 'exchange.files-arriving',
  fields: ['peer', 'next'],
  sets: {},
};

export interface ArrivingOptions {
  readonly peer: string;
  readonly kept: Collection<ArrivingFile>;
  readonly files: Files;
  readonly clock: Clock;
  /** Under which a message of no domain travels. */
  readonly domain: string;
  readonly say: (message: WantMessage) => Promise<void>;
  /** A file is here whole: what waited for it may go on. */
  readonly onArrived: () => void;
  /** Arrived, and is not served. */
  readonly onRefused: (hash: string, fault: FileFault) => Promise<void>;
  readonly onAlarm: (what: string) => void;
}

/** Milliseconds before pieces are asked for, doubled each time up to the most. */
const ASK = 30_000;
const ASK_MOST = 10 * 60_000;
/** What a peer may have under way at once: a hostile one must not fill the disk. */
const MOST_FILES = 500;
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** How often a piece is looked at again that no event has named yet: the event is on another topic, and may be behind. */
const PATIENCE = 5;

/** Takes in the files that events of one peer name: staged piece by piece, checked whole, kept once. */
export class ArrivingFiles {
  /** How often a piece was looked at that nobody has named; and of which files some were let go for it. */
  private readonly early = new Map<string, number>();
  private readonly missed = new Set<string>();
  constructor(private readonly options: ArrivingOptions) {}

  /** Why a message must wait for its files; undefined where all are here. What is missing is expected from now on. */
  async waitsFor(message: StepMessage | AskMessage): Promise<string | undefined> {
    let missing = 0;
    let crowded = false;
    for (const attached of filesNamed(message)) {
      if (await this.isHere(attached.hash)) continue;
      missing += 1;
      crowded = !(await this.expect(attached)) || crowded;
    }
    if (missing === 0) return undefined;
    return crowded
      ? `附件尚未到齐（还缺 ${missing} 个，对方待传附件过多，排队等候）`
      : `附件尚未到齐（还缺 ${missing} 个）`;
  }
  /** Here, and held for what came over the border: another domain's upload of the same content may end. */
  private async isHere(hash: string): Promise<boolean> {
    const { files, peer } = this.options;
    if (!(await files.find(hash))) return false;
    await files.hold({ hash, domain: 'border', unit: peer, officer: null, until: null });
    return (await files.find(hash)) !== undefined;
  }
  /** False where too much is under way already. */
  private async expect(attached: Attached): Promise<boolean> {
    const { kept, peer, clock } = this.options;
    const id = `${peer} ${attached.hash}`;
    if (await kept.get(id)) return true;
    const { items } = await kept.find({ filter: { where: { peer } }, limit: MOST_FILES });
    const bytes = items.reduce((sum, { document }) => sum + document.attached.size, attached.size);
    if (items.length >= MOST_FILES || bytes > MOST_BYTES) return false;
    // Its pieces were here before it was named: they are asked for now.
    const wait = this.missed.delete(attached.hash) ? 0 : ASK;
    try {
      await kept.insert({ id, peer, attached, have: {}, next: this.later(wait), tries: 0 });
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
    if (wait === 0) await this.askAgain(clock.now());
    return true;
  }

  /** A piece arrives, once or many times. Answers what is wrong with it. */
  async onPiece(message: PieceMessage, record: LogRecord): Promise<string | undefined> {
    const { files, kept, peer } = this.options;
    const { hash, size, piece } = message;
    const known = await kept.get(`${peer} ${hash}`);
    if (!known) return (await files.find(hash)) ? undefined : this.unnamed(hash, record);
    const { attached } = known.document;
    if (attached.size !== size || piece >= piecesOf(size)) return 'a piece of another size than the event says';
    const bytes = Buffer.from(message.content, 'base64');
    if (bytes.length !== rangeOf(size, piece).length || bytes.toString('base64') !== message.content)
      return 'a piece of another length or spelling';
    if (known.document.have[piece] === undefined) {
      const stored = await files.store.put(Readable.from([bytes]), PIECE);
      await this.change(hash, (now) => ({
        ...now,
        have: { ...now.have, [piece]: stored.hash },
        next: this.later(ASK),
      }));
    }
    await this.complete(hash);
    return undefined;
  }
  /** Nobody has named it: it may be early, or sent by a peer that wants to fill the disk. Not kept. */
  private unnamed(hash: string, { topic, partition, offset }: LogRecord): undefined {
    const position = `${topic}/${partition}/${offset}`;
    const times = (this.early.get(position) ?? 0) + 1;
    if (times <= PATIENCE) {
      this.early.set(position, times);
      throw new NotYet('no event has named this file yet');
    }
    this.early.delete(position);
    if (this.missed.size >= 1000) this.missed.clear();
    this.missed.add(hash);
    return undefined;
  }

  /** Asks for what has not come in its time; puts together what is all there and was interrupted. */
  async look(): Promise<void> {
    await this.askAgain(this.options.clock.now());
  }
  private async askAgain(now: string): Promise<void> {
    const { kept, peer, domain, say } = this.options;
    const page = await kept.find({
      filter: { where: { peer, next: { lte: now } } },
      sort: { by: 'next', order: 'ascending' },
      limit: 200,
    });
    for (const { document } of page.items) {
      const { hash, size } = document.attached;
      if (await this.complete(hash)) continue;
      const pieces = allPieces(size).filter((piece) => document.have[piece] === undefined);
      if (pieces.length > 0) await say({ kind: 'want', to: peer, epoch: 1, domain, hash, pieces, time: now });
      await this.change(hash, (at) => ({
        ...at,
        next: this.later(Math.min(ASK * 2 ** at.tries, ASK_MOST)),
        tries: at.tries + 1,
      }));
    }
  }

  /** Puts the pieces together where all are there. True where the file is dealt with. */
  private async complete(hash: string): Promise<boolean> {
    const { kept, files, peer, onArrived } = this.options;
    const known = await kept.get(`${peer} ${hash}`);
    if (!known) return true;
    const { attached, have } = known.document;
    const pieces = allPieces(attached.size).map((piece) => have[piece]);
    if (!pieces.every((each) => each !== undefined)) return false;
    try {
      await files.take(this.joined(pieces), attached, attached.size);
    } catch (error) {
      if (error instanceof NoSuchFile) return this.forget(known, (each) => each === error.hash);
      if (!(error instanceof FileRefused)) throw error;
      if (error.fault.code === 'other-content') return this.otherContent(known, pieces);
      await files.refuse(attached, attached.type, error.fault);
      // A file of one piece lies there already, as that piece.
      await files.store.remove(hash);
      await this.options.onRefused(hash, error.fault);
    }
    await files.hold({ hash, domain: 'border', unit: peer, officer: null, until: null });
    await this.removePieces(hash, pieces);
    await this.drop(known.document.id);
    onArrived();
    return true;
  }
  private joined(pieces: readonly string[]): Readable {
    const { store } = this.options.files;
    return Readable.from(
      (async function* () {
        for (const piece of pieces) yield* await store.read(piece);
      })(),
    );
  }
  /** Every piece was signed by the peer, and yet they make another content: all of it is asked for anew. */
  private async otherContent({ document }: Kept<ArrivingFile>, pieces: readonly string[]): Promise<boolean> {
    this.options.onAlarm(`${this.options.peer} has sent pieces that do not make the file ${document.attached.hash}`);
    await this.removePieces(document.attached.hash, pieces);
    await this.change(document.attached.hash, (now) => ({ ...now, have: {}, next: this.later(ASK) }));
    return true;
  }
  private async forget({ document }: Kept<ArrivingFile>, which: (piece: string) => boolean): Promise<boolean> {
    await this.change(document.attached.hash, (now) => ({
      ...now,
      have: Object.fromEntries(Object.entries(now.have).filter(([, piece]) => !which(piece))),
    }));
    return false;
  }
  /** A piece may be a whole file of its own, or this very one. */
  private async removePieces(hash: string, pieces: readonly string[]): Promise<void> {
    const { files } = this.options;
    for (const piece of new Set(pieces))
      if (piece !== hash && !(await files.find(piece))) await files.store.remove(piece);
  }

  private later(milliseconds: number): string {
    return new Date(this.options.clock.millis() + milliseconds).toISOString();
  }
  private async change(hash: string, how: (now: ArrivingFile) => ArrivingFile): Promise<void> {
    await change(this.options.kept, `${this.options.peer} ${hash}`, (known) => known && how(known));
  }
  private async drop(id: string): Promise<void> {
    for (;;) {
      const known = await this.options.kept.get(id);
      if (!known) return;
      try {
        await this.options.kept.remove(id, known.version);
        return;
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error;
      }
    }
  }
}
