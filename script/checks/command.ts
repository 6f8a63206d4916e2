import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  /** Standard output and standard error as they came; empty where they went to the terminal. */
  readonly output: string;
}

/** Runs one of the repository's tools (`node_modules/<path>`) with this Node, in the root, and keeps what it says. */
export function tool(path: string, args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [join(root, 'node_modules', path), ...args]);
}

export function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output: Buffer.concat(said).toString('utf8') });
    });
  });
}
