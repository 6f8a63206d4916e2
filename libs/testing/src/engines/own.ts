import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { enginesIn, type ProvincesOptions } from '@chuanyu/provinces';
import { CannotStart } from './engine';

const root = join(__dirname, '..', '..', '..', '..');

/** Real servers for two provinces in a folder of one's own, as `script/engines start --secure` starts them. */
export class OwnEngines {
  /** What each province stands on. */
  readonly of: NonNullable<ProvincesOptions['engine']>;

  private constructor(readonly folder: string) {
    this.of = enginesIn(folder);
  }

  /** Throws `CannotStart` where the machine lacks what they need. */
  static async start(folder: string): Promise<OwnEngines> {
    try {
      await engines('start', '--secure', '--data', folder);
      return new OwnEngines(folder);
    } catch (error) {
      await engines('stop', '--data', folder);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await engines('stop', '--data', this.folder);
  }
}

async function engines(...args: readonly string[]): Promise<void> {
  // A test's own options are not theirs.
  const command = ['-u', 'NODE_OPTIONS', join(root, 'script', 'engines'), ...args];
  const child = spawn('env', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  if (code !== 0) throw new CannotStart(said.trim());
}
