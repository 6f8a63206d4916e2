import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Thrown where another process keeps the folder. */
export class FolderTaken extends Error {}

/**
 * Takes a data folder for this process until it ends: two at once would each take records of the log from the other, and one of them
 * would be left with lists that stand still. A lock left by a process that is gone is taken over.
 */
export const takeFolder = (folder: string): void => {
  const file = resolve(folder, 'server.pid');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (): boolean => {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  };
  if (!write()) {
    const holder = Number(readFileSync(file, 'utf8'));
    if (isRunning(holder))
      throw new FolderTaken(
        `数据文件夹正由另一个服务（进程 ${holder}）使用：请先停止它，或用 --data 换一个。` +
          `The data folder is in use by process ${holder}: stop it, or choose another with --data. (${file})`,
      );
    rmSync(file, { force: true });
    if (!write()) throw new FolderTaken(`数据文件夹刚被另一个服务占用 The data folder was taken just now. (${file})`);
  }
  process.on('exit', () => rmSync(file, { force: true }));
};

const isRunning = (pid: number): boolean => {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
