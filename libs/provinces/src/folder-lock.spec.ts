import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderTaken, takeFolder } from './folder-lock';

describe('The lock of a data folder', () => {
  let folder: string;
  const file = () => join(folder, 'server.pid');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chuanyu-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken where nobody has it, and where the folder is not there yet', () => {
    folder = join(folder, '新 文件夹');
    takeFolder(folder);
    expect(readFileSync(file(), 'utf8')).toBe(String(process.pid));
  });
  it('is refused while its process runs', () => {
    writeFileSync(file(), String(process.ppid));
    expect(() => takeFolder(folder)).toThrow(FolderTaken);
    expect(readFileSync(file(), 'utf8')).toBe(String(process.ppid));
  });
  it('is taken over from a process that is gone, or from what is no process', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const left of [String(pid), 'nonsense', '']) {
      writeFileSync(file(), left);
      takeFolder(folder);
      expect(readFileSync(file(), 'utf8')).toBe(String(process.pid));
    }
  });
});
