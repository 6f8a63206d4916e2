import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from './command';

/** Suites that need a Kafka or a MongoDB that is one. */
const NEEDY = /kafka|mongodb|gridfs|distributed/;

/**
 * Starts real servers where one of these specs needs them and the machine has what they need (Java, Maven, Python), and
 * puts how they are reached into this process's environment, which tests inherit. Resolves to what stops them. Where there
 * are none, the suites are skipped, each with its reason.
 */
export async function startServersFor(specs: readonly string[]): Promise<() => Promise<void>> {
  const nothing = async () => undefined;
  const given = process.env['CHUANYU_TEST_KAFKA'] ?? process.env['CHUANYU_TEST_MONGODB'];
  if (given !== undefined || !specs.some((spec) => NEEDY.test(spec))) return nothing;
  const folder = mkdtempSync(join(tmpdir(), 'chuanyu-servers-'));
  const stop = async () => {
    await engines('stop', folder);
    rmSync(folder, { recursive: true, force: true });
  };
  console.log('\nreal servers: script/engines start');
  const { code, said, errors } = await engines('start', folder);
  if (code !== 0) {
    console.log(`none here:\n${errors}`);
    await stop();
    return nothing;
  }
  for (const [, name = '', value = ''] of said.matchAll(/^export (\w+)='(.*)'$/gm)) process.env[name] = value;
  console.log(errors);
  return stop;
}

async function engines(verb: 'start' | 'stop', folder: string) {
  const child = spawn(join(root, 'script', 'engines'), [verb, '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [said, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, said, errors: errors.trim() };
}
