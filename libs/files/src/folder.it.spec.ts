import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStoreContract } from './contract-suite';
import { openFolder } from './folder';

const filesIn = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());

fileStoreContract('a folder', async () => {
  const path = await mkdtemp(join(tmpdir(), 'files-'));
  return {
    store: await openFolder(path),
    reopen: () => openFolder(path),
    count: async () => (await filesIn(path)).length,
    dispose: () => rm(path, { recursive: true }),
  };
});

it('a folder is cleared of what was left half written long ago, and of nothing that is under way', async () => {
  const path = await mkdtemp(join(tmpdir(), 'files-'));
  await openFolder(path);
  await writeFile(join(path, 'parts', 'left'), 'half');
  await utimes(join(path, 'parts', 'left'), 0, 0);
  await writeFile(join(path, 'parts', 'fresh'), 'half');
  await openFolder(path);
  expect((await filesIn(path)).map(({ name }) => name)).toEqual(['fresh']);
  await rm(path, { recursive: true });
});
