import { AsyncLocalStorage } from 'node:async_hooks';

/** Work with a limit on its time. What it waits for log or database is their time, not its own: a slow one is no reason to give it up. */
export class LimitedWork {
  private owed = 0;
  private answered = false;

  /** Runs it; every `answerOf` that is called in it, or in what it calls, is noted here. */
  run<T>(work: () => T): T {
    return working.run(this, work);
  }

  /** Whether it waits for an answer, or got one since this was last asked. */
  isExcused(): boolean {
    const { answered } = this;
    this.answered = false;
    return answered || this.owed > 0;
  }

  async waitFor<T>(answer: Promise<T>): Promise<T> {
    this.owed++;
    try {
      return await answer;
    } finally {
      this.owed--;
      this.answered = true;
    }
  }
}
const working = new AsyncLocalStorage<LimitedWork>();

/** The answer of a log or a database, which must come to an end of its own: what asks for it does not lose its own time meanwhile. */
export const answerOf = <T>(answer: Promise<T>): Promise<T> => working.getStore()?.waitFor(answer) ?? answer;

/** Waits no longer than so many milliseconds for an answer, which may still come afterwards; then it is what `late` says or throws. */
export async function within<T, L = T>(milliseconds: number, answer: Promise<T>, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    return await Promise.race([answer, over.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
