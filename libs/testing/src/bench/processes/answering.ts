/** What a process of the bench tells of itself: processor time so far in microseconds, resident memory now and at its highest in MB. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  readonly peak: number;
}
const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  return {
    cpu: user + system,
    memory: Math.round(process.memoryUsage.rss() / 2 ** 20),
    peak: Math.round(process.resourceUsage().maxRSS / 1024),
  };
};

/** Whatever its parent asks by name, with one value, and is answered. */
export type Answers = Readonly<Record<string, (value: never) => unknown>>;
export interface Serving {
  readonly ready: unknown;
  readonly answers?: Answers;
  readonly stop: () => Promise<void>;
}
export const isAsked = (
  message: unknown,
): message is { readonly n: number; readonly ask: string; readonly value: never } =>
  typeof message === 'object' && message !== null && 'n' in message && 'ask' in message && 'value' in message;

/** The child's end of `Child`: starts, says that it is ready, answers, and ends when its parent does. */
export const serve = (start: (told: never) => Promise<Serving>): void => {
  const tell = (message: object): void => void process.send?.(message);
  const fail = (error: unknown): never => {
    tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exit(1);
  };
  const told = JSON.parse(process.argv[2] ?? 'null') as never;
  start(told).then(({ ready, answers = {}, stop }) => {
    process.on('message', (message) => {
      if (!isAsked(message)) return;
      const { n, ask, value } = message;
      const answer = ask === 'usage' ? usage : answers[ask];
      Promise.resolve()
        .then(() => answer?.(value))
        .then((answered) => tell({ n, answer: answered ?? null }), fail);
    });
    process.once('disconnect', () => {
      stop().then(() => process.exit(0), fail);
    });
    tell({ ready });
  }, fail);
};
