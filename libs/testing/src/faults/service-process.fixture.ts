import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '..', '..', '..', '..');
type Line = Readonly<Record<string, unknown>>;

/** One service of one province in a process of its own, as it is deployed. */
export class ServiceProcess {
  readonly lines: Line[] = [];
  private constructor(
    private readonly child: ChildProcess,
    readonly name: string,
  ) {}

  /** Resolves when it is up; throws when it ends first. `settings` are those beside province, data and operations. */
  static async start(
    app: string,
    province: string,
    data: string,
    settings: NodeJS.Dict<string> = {},
  ): Promise<ServiceProcess> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const told = { CHUANYU_PROVINCE: province, CHUANYU_DATA: data, CHUANYU_OPERATIONS: '127.0.0.1:0' };
    const child = spawn(join(root, 'script', 'node'), [`apps/${app}/src/main.ts`], {
      cwd: root,
      env: { ...env, ...told, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = new ServiceProcess(child, `${province} ${app}`);
    createInterface({ input: child.stderr }).on('line', (line) => service.lines.push({ level: 50, said: line }));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${service.name} ended with ${String(code)} before it was up`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const read = JSON.parse(line) as Line;
        service.lines.push(read);
        if (read['msg'] === 'started') resolve();
      });
    });
    return service;
  }

  get url(): string {
    return this.said('started', 'url');
  }
  get operations(): string {
    return this.said('started', 'operations');
  }
  private said(message: string, name: string): string {
    const found = this.lines.find((line) => line['msg'] === message)?.[name];
    if (typeof found !== 'string') throw new Error(`${this.name} has not said its ${name}`);
    return found;
  }
  /** Errors and alarms. */
  get complaints(): readonly Line[] {
    return this.lines.filter(({ level }) => typeof level === 'number' && level >= 40);
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.child, 'exit');
    return this.child.exitCode;
  }
  stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.ended();
  }
}
