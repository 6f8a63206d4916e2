import type { EventLog, RunningSubscription, Subscription } from '@chuanyu/event-log';

/** Milliseconds before a peer's log is asked again, and how often before somebody is told. */
const LISTEN_AGAIN = 200;
const PATIENCE = 50;

type Subscribable = Pick<EventLog, 'subscribe'>;

/** What an exchange listens to: its own log, and each peer's over a line that may be cut. */
export class Listening {
  private readonly running: { readonly of: RunningSubscription; readonly peer?: string }[] = [];
  private readonly beginning: { readonly until: Promise<void>; readonly peer: string }[] = [];
  private stopping = false;
  constructor(
    private readonly isCut: (peer: string) => boolean,
    private readonly onAlarm: (what: string) => void,
  ) {}

  async own(log: Subscribable, subscription: Subscription): Promise<RunningSubscription> {
    const of = await log.subscribe(subscription);
    this.running.push({ of });
    return of;
  }
  /** A peer that is cut off, or has not made its topics yet, keeps nobody from starting here: it is listened to as soon as it can be. */
  peer(peer: string, theirs: Subscribable, subscription: Subscription): void {
    const attempt = async (): Promise<void> => {
      for (let failures = 0; !this.stopping; failures += 1) {
        try {
          this.running.push({ of: await theirs.subscribe(subscription), peer });
          return;
        } catch (error) {
          if (failures === PATIENCE) this.onAlarm(`${peer} cannot be listened to: ${String(error)}`);
          await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN));
        }
      }
    };
    this.beginning.push({ until: attempt(), peer });
  }
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.beginning.map(({ until }) => until));
    await Promise.all(this.running.map(({ of }) => of.stop()));
  }
  /** Resolves when all that the logs held at the call is handled. A line that is cut is not waited for. */
  async drained(): Promise<void> {
    const counts = (peer: string | undefined) => peer === undefined || !this.isCut(peer);
    await Promise.all(this.beginning.filter(({ peer }) => counts(peer)).map(({ until }) => until));
    await Promise.all(this.running.filter(({ peer }) => counts(peer)).map(({ of }) => of.drained()));
  }
}
