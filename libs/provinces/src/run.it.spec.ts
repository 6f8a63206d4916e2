import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(__dirname, '../../..');

describe('A process of one service', () => {
  it('ends where it cannot start, so that whoever watches it starts it again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chuanyu-run-'));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { NODE_OPTIONS: _, ...env } = process.env;
    // It has opened its database and its log by the time it wants to listen.
    const child = spawn(join(root, 'script/node'), ['apps/prison/src/main.ts'], {
      env: { ...env, CHUANYU_PROVINCE: 'sichuan', CHUANYU_DATA: folder, CHUANYU_HTTP: `127.0.0.1:${port}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect([code, said]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
    } finally {
      child.kill('SIGKILL');
      taken.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
