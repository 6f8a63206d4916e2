import { cp, mkdir, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copySqlite } from '@chuanyu/collections';
import { Mistake, type OperatorGround } from './ground';

/**
 * Copies a province of the embedded engine while it runs: cases before the log, so that the log is never the older of the
 * two, and files last, so that every one that a case names is there.
 */
export async function backUp(ground: OperatorGround, [folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Mistake('backup needs a folder that does not exist yet');
  if (ground.settings.engine.kind !== 'embedded')
    throw new Mistake('a province on Kafka and MongoDB is backed up by their own tools (docs/operations.md)');
  const to = resolve(folder);
  await mkdir(to, { mode: 0o700 });
  const from = (name: string) => ground.files.file(name);
  for (const name of ['cases.db', 'log.db']) await copySqlite(from(name), join(to, name));
  const others = (await readdir(ground.files.folder)).filter((name) => name.endsWith('.json'));
  for (const name of others) await cp(from(name), join(to, name));
  const contents = ground.settings.files ?? from('files');
  if (existsSync(contents)) await cp(contents, join(to, 'files'), { recursive: true });
  ground.say(`${to} holds the cases, the log, the keys and the files of ${ground.settings.province}`);
}
