import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A port of the loopback address that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port was given')),
      );
    });
  });
}

/** Whether anybody listens at this port of the loopback address. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether this process runs, and is the one meant (`marks` stand in its command line), not another that was given its number. */
export function isRunning(pid: number, ...marks: readonly string[]): boolean {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,args=', '-ww', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.trimStart().startsWith('Z') && marks.every((mark) => stdout.includes(mark));
}

/** Starts a process that outlives this one; what it says goes to the file. */
export function startApart(command: string, args: readonly string[], folder: string, log: string): Promise<number> {
  const said = openSync(log, 'a');
  const child = spawn(command, args, { cwd: folder, detached: true, stdio: ['ignore', said, said] });
  closeSync(said);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      if (child.pid === undefined) reject(new Error(`${command} has no process`));
      else resolve(child.pid);
    });
  });
}

/** Runs a command to its end and returns what it printed; throws with that where it fails. */
export function outputOf(command: string, args: readonly string[], folder?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: folder });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} failed:\n${`${stdout}${stderr}`.trim()}`);
  return `${stdout}${stderr}`;
}

export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  within: number,
  what: string,
): Promise<void> {
  for (const end = performance.now() + within; !(await condition());) {
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await pause(100);
  }
}
