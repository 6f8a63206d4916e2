import { Bench, type OpenLog, type Opened } from './contract/harness';
import { barrierContract } from './contract/barriers';
import { deliveryContract } from './contract/delivery';
import { failureContract } from './contract/failures';
import { lettersContract } from './contract/letters';
import { readingContract } from './contract/reading';
import type { EventLog } from './port';

export type { OpenLog, Opened } from './contract/harness';

/** What a part of the contract is given. */
export interface Party {
  readonly bench: Bench;
  readonly appendText: Opened['appendText'];
  /** Opens the log again as after a crash; the bench then works with the new one. Undefined where that cannot be shown. */
  readonly reopen: (() => Promise<EventLog>) | undefined;
}

/** The contract of the EventLog port: every adapter passes it. Call it in a spec file; `open` is called once. */
export function eventLogContract(name: string, open: OpenLog): void {
  // Beyond the deadlines of the conditions waited for, so that a failure says which one it was.
  jest.setTimeout(30_000);
  describe(`the contract of an event log: ${name}`, () => {
    let opened: Opened;
    let log: EventLog;
    let party: Party;

    beforeAll(async () => {
      opened = await open();
      log = opened.log;
    });
    afterAll(() => opened.dispose());

    beforeEach(async () => {
      const bench = await Bench.on(log);
      const { reopen } = opened;
      party = {
        bench,
        appendText: opened.appendText?.bind(opened),
        reopen: reopen && (async () => (bench.log = log = await reopen.call(opened))),
      };
    });
    afterEach(() => party.bench.end());

    deliveryContract(() => party);
    failureContract(() => party);
    lettersContract(() => party);
    barrierContract(() => party);
    readingContract(() => party);
  });
}
