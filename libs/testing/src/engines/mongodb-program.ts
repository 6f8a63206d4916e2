import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './engine';
import { enginesFolder } from './kafka-jars';
import { outputOf } from './processes';

/** A server that speaks MongoDB's protocol, from the Python Package Index: a beta, slow and faithful. For where no mongod is. */
export const SECANTUS_VERSION = '0.7.0b3';
const OLDEST_PYTHON = [3, 10] as const;

/** What runs as MongoDB here. */
export interface Program {
  readonly kind: 'mongod' | 'secantus';
  readonly command: string;
}

/** Why a MongoDB could not be started here at once; undefined where it can. For tests, which download nothing. */
export function noMongoDb(engines = enginesFolder): string | undefined {
  if (findMongod() !== undefined || existsSync(whole(folderOf(engines)))) return undefined;
  return 'no mongod here, and the server that stands in for it was not downloaded yet: script/engines start does it';
}

/** `mongod` where it is on the PATH; else the other server, downloaded by pip (60 MB) into a virtual environment the first time. */
export function mongoDbProgram(engines = enginesFolder, say: (line: string) => void = () => undefined): Program {
  const mongod = findMongod();
  if (mongod !== undefined) return mongod;
  const folder = folderOf(engines);
  if (!existsSync(whole(folder))) download(folder, say);
  return { kind: 'secantus', command: join(folder, 'bin', 'secantusd-py') };
}

const folderOf = (engines: string) => join(engines, 'downloads', `secantusdb-${SECANTUS_VERSION}`);
/** Written last: a virtual environment cannot be moved to its place when it is whole. */
const whole = (folder: string) => join(folder, 'whole');

function findMongod(): Program | undefined {
  try {
    outputOf('mongod', ['--version']);
    return { kind: 'mongod', command: 'mongod' };
  } catch {
    return undefined;
  }
}

function findPython(): void {
  const wanted = `Without mongod, MongoDB needs Python ${OLDEST_PYTHON.join('.')} or newer`;
  let said: string;
  try {
    said = outputOf('python3', ['--version']);
  } catch (error) {
    throw new CannotStart(`${wanted}, and there is no python3 here that runs. Install one of the two.`, {
      cause: error,
    });
  }
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(said)?.slice(1).map(Number) ?? [];
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1]))
    throw new CannotStart(`${wanted}; python3 here is ${major}.${minor}.`);
}

function download(folder: string, say: (line: string) => void): void {
  findPython();
  say(`downloading SecantusDB ${SECANTUS_VERSION} by pip into ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    outputOf('python3', ['-m', 'venv', folder]);
  } catch (error) {
    throw new CannotStart('python3 here makes no virtual environments. On Debian: apt-get install python3-venv', {
      cause: error,
    });
  }
  try {
    outputOf(join(folder, 'bin', 'pip'), [
      ...['install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'],
      `secantusdb==${SECANTUS_VERSION}`,
    ]);
  } catch (error) {
    throw new CannotStart(
      `pip could not download SecantusDB ${SECANTUS_VERSION}. Is the Python Package Index reachable, or a mirror of it configured?`,
      { cause: error },
    );
  }
  writeFileSync(whole(folder), '');
}
