import { buffer } from 'node:stream/consumers';
import { change, each, type Collection, type CollectionDefinition, type Document } from '@chuanyu/collections';
import type { AskMessage, Message, StepMessage, WantMessage } from '@chuanyu/contracts';
import type { FileStore } from '@chuanyu/files';
import type { Clock } from '@chuanyu/reference';
import { allPieces, filesNamed, piecesOf, rangeOf } from './pieces';

/** A file that an event which crossed to this peer names: what the peer may ask for, and nothing else. `<peer> <hash>` */
export interface SentFile extends Document {
  readonly peer: string;
  readonly hash: string;
  readonly size: number;
  /** The clauses under which events with it crossed: it flows while one of them does. */
  readonly clauses: readonly (string | null)[];
  /** Pieces still to be put on the border. */
  readonly due: readonly number[];
  readonly open: boolean;
  /** Before this instant the peer need not ask again. */
  readonly quietUntil: string;
}
export const sentFiles: CollectionDefinition = { name: 'exchange.files-sent', fields: ['open', 'peer'], sets: {} };

/** Milliseconds after which pieces that were just put out may be asked for again. */
const QUIET = 2000;

/** Brings the files of a step across behind it: each once to each peer, and again as far as the peer asks. */
export class SentFiles {
  private going: Promise<void> = Promise.resolve();
  private stopped = false;
  constructor(
    private readonly options: {
      readonly kept: Collection<SentFile>;
      readonly store: FileStore;
      readonly clock: Clock;
      /** Under which a message of no domain travels. */
      readonly domain: string;
      readonly mayFlow: (clause: string | null) => boolean;
      readonly put: (message: Message, to: string) => Promise<unknown>;
      readonly onAlarm: (what: string) => void;
      readonly onError: (error: unknown) => void;
    },
  ) {}

  /** Writes down what a message names before it crosses. The same content in another case is not sent a second time. */
  async note(message: StepMessage | AskMessage, to: string): Promise<void> {
    const theirs = isTheirs(message, to);
    const clause = message.kind === 'step' ? message.event.clause : message.ask.clause;
    for (const { hash, size } of filesNamed(message)) {
      await this.change(to, hash, (known) =>
        known
          ? { ...known, clauses: [...new Set([...known.clauses, clause])] }
          : {
              id: `${to} ${hash}`,
              peer: to,
              hash,
              size,
              clauses: [clause],
              // What they gave us they have; should they have lost it, they ask.
              due: theirs ? [] : allPieces(size),
              open: !theirs,
              quietUntil: this.options.clock.now(),
            },
      );
    }
  }
  /** The peer asks: answered only for what an event has named to it. */
  async onWant(peer: string, { hash, pieces }: WantMessage): Promise<void> {
    const now = this.options.clock.now();
    await this.change(peer, hash, (known) => {
      if (!known) {
        this.options.onAlarm(`${peer} asks for a file that no event has named to it`);
        return undefined;
      }
      if (known.open || known.quietUntil > now) return undefined;
      const wanted = [...new Set(pieces)].filter((piece) => piece < piecesOf(known.size)).sort((a, b) => a - b);
      return wanted.length === 0 ? undefined : { ...known, due: wanted, open: true };
    });
    this.go();
  }

  /** Puts out what is due, in the background; what cannot go now is tried when it is next called. */
  go(): void {
    if (this.stopped) return;
    this.going = this.going.then(() => this.putAll()).catch(this.options.onError);
  }
  /** Resolves when nothing more can go now. */
  async done(): Promise<void> {
    await this.going;
  }
  async stop(): Promise<void> {
    this.stopped = true;
    await this.going;
  }

  private async putAll(): Promise<void> {
    const { kept, mayFlow } = this.options;
    for await (const { document } of each(kept, { filter: { where: { open: true } }, limit: 100 })) {
      if (this.stopped) return;
      if (document.clauses.some(mayFlow)) await this.putOne(document);
    }
  }
  private async putOne({ peer, hash, size, due }: SentFile): Promise<void> {
    const { store, domain, clock, put, onAlarm } = this.options;
    const done: number[] = [];
    const here = (await store.stat(hash))?.size === size;
    if (!here) onAlarm(`a file that crossed to ${peer} is not in the store any more: ${hash}`);
    for (const piece of here ? due : []) {
      if (this.stopped) break;
      const bytes = await buffer(await store.read(hash, rangeOf(size, piece)));
      const content = bytes.toString('base64');
      await put({ kind: 'piece', to: peer, epoch: 1, domain, hash, size, piece, content, time: clock.now() }, peer);
      done.push(piece);
    }
    await this.change(peer, hash, (known) => {
      if (!known) return undefined;
      const left = here ? known.due.filter((piece) => !done.includes(piece)) : [];
      const quietUntil = new Date(clock.millis() + QUIET).toISOString();
      return { ...known, due: left, open: left.length > 0, quietUntil };
    });
  }

  private async change(
    peer: string,
    hash: string,
    how: (known: SentFile | undefined) => SentFile | undefined,
  ): Promise<void> {
    await change(this.options.kept, `${peer} ${hash}`, how);
  }
}
/** Events of the peer itself that are brought back to it, and answers to what it asked: their files came from there. */
const isTheirs = (message: StepMessage | AskMessage, to: string): boolean =>
  message.kind === 'step' && (message.event.source.startsWith(`${to}/`) || message.event.data.ask?.by.province === to);
