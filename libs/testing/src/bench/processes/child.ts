import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Usage } from './answering';

type Told = Readonly<Record<string, unknown>>;
const isTold = (message: unknown): message is Told => typeof message === 'object' && message !== null;

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of the bench's own, run as this one is; what it does is told in one of the files beside this. */
export class Child<Ready> {
  private readonly waiting = new Map<number, Asked>();
  private asked = 0;
  /** Why it can be asked nothing more. */
  private failure: Error | undefined;
  private ended = false;
  private constructor(
    private readonly process: ChildProcess,
    readonly ready: Ready,
    /** What it tells without having been asked. */
    onTold: (message: Told) => void,
  ) {
    process.on('message', (message) => {
      if (!isTold(message)) return;
      if (typeof message['failed'] === 'string') return this.fail(message['failed']);
      if (typeof message['n'] !== 'number') return onTold(message);
      this.waiting.get(message['n'])?.resolve(message['answer']);
      this.waiting.delete(message['n']);
    });
    process.once('exit', (code) => {
      if (!this.ended) this.fail(`a process of the bench ended with ${String(code)}`);
    });
  }

  /** Throws where it does not come up; when it fails later, whatever is asked of it throws. */
  static async start<Ready>(
    name: 'row' | 'service' | 'route' | 'province' | 'maker',
    told: object,
    onTold: (message: Told) => void = () => undefined,
  ): Promise<Child<Ready>> {
    const child = fork(join(__dirname, `${name}.ts`), [JSON.stringify(told)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [{}])])) as [Told];
    if (typeof first['failed'] === 'string') throw new Error(first['failed']);
    if (!('ready' in first)) throw new Error(`the process «${name}» ended before it was ready`);
    return new Child<Ready>(child, first['ready'] as Ready, onTold);
  }

  async ask<T>(ask: string, value: unknown = null): Promise<T> {
    const n = (this.asked += 1);
    return new Promise<T>((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.set(n, { resolve: (answer) => resolve(answer as T), reject });
      this.process.send({ n, ask, value });
    });
  }
  usage(): Promise<Usage> {
    return this.ask<Usage>('usage');
  }
  async stop(): Promise<void> {
    this.ended = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.disconnect();
    await exit;
  }

  private fail(reason: string): void {
    const failure = (this.failure ??= new Error(reason));
    for (const { reject } of this.waiting.values()) reject(failure);
    this.waiting.clear();
  }
}
