import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '..', '..', '..', '..');

/** Both provinces in a process of their own, on a folder that outlives it: what `script/server` starts. */
export class BothProvinces {
  /** Every line that it said to standard error, in all its lives. */
  readonly complaints: string[] = [];
  /** How each of its lives ended. */
  readonly ends: string[] = [];
  /** Milliseconds of each start. */
  readonly starts: number[] = [];
  readonly urls = new Map<string, string>();
  private child: ChildProcess | undefined;
  private up: Promise<void> = Promise.resolve();
  /** Resolves when this life has begun all projects of the cooperation list, which it does in a fresh folder after it is up. */
  seeded: Promise<void> = Promise.resolve();
  lives = 0;

  constructor(
    private readonly folder: string,
    /** What else `script/server` is told. */
    private readonly words: readonly string[] = [],
  ) {}

  /** Resolves when it answers; throws when it ends first. */
  start(): Promise<void> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const began = performance.now();
    const child = spawn(
      join(root, 'script', 'node'),
      ['apps/all-in-one/src/main.ts', '--data', this.folder, '--port', '0', ...this.words],
      { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    this.lives += 1;
    createInterface({ input: child.stderr }).on('line', (line) => this.complaints.push(`[life ${this.lives}] ${line}`));
    child.once('exit', (code, signal) => this.ends.push(`[life ${this.lives}] ended with ${String(code ?? signal)}`));
    this.up = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ended with ${String(code)} before it was up`)));
      const output = createInterface({ input: child.stdout });
      this.seeded = new Promise((seeded) => {
        output.on('line', (line) => {
          if (line.startsWith('合作清单')) seeded();
        });
      });
      output.on('line', (line) => {
        const [, name, url] = /^(四川省|重庆市) {2}(http:\S+)/.exec(line) ?? [];
        if (name !== undefined && url !== undefined) this.urls.set(name === '四川省' ? 'sichuan' : 'chongqing', url);
        if (!line.startsWith('密码')) return;
        this.starts.push(performance.now() - began);
        resolve();
      });
    });
    return this.up;
  }
  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('it was not started');
    return this.child.pid;
  }
  whenUp(): Promise<void> {
    return this.up;
  }
  /** As a power cut of the process would end it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }
  /** It stands still, as on a machine that swaps; `thaw` lets it go on. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }
  thaw(): void {
    this.child?.kill('SIGCONT');
  }
  /** As an operator ends it; answers its exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }
  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}
