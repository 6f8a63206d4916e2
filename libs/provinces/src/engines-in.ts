import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { BadSettings, EnvironmentReader, readEngine } from '@chuanyu/service';
import { engineOf } from './engine';
import type { ProvincesOptions } from './provinces';

/** Servers that `script/engines start` has started: each province's settings lie in `<folder>/<province>/environment`. */
export const enginesIn =
  (folder: string): NonNullable<ProvincesOptions['engine']> =>
  (province, files) => {
    const file = resolve(folder, province, 'environment');
    const reader = new EnvironmentReader({
      ...parseEnv(readFileSync(file, 'utf8')),
      CHUANYU_ENGINE: 'distributed',
    });
    const settings = readEngine(reader);
    const peers = reader.read('CHUANYU_PEERS');
    if (reader.faults.length > 0) throw new BadSettings(reader.faults.map((fault) => `${file}: ${fault}`));
    return engineOf(settings, files, peers);
  };
