import { realTime, twoProvinces } from '@chuanyu/reference';
import { makeKeys } from './keys';
import { seed, setPasswords } from './seed';

const USAGE = `keys <folder> | passwords | seed <province>=<address of its gateway> …

What a laptop needs so that docker-compose.yml starts with nothing prepared, and what no production may use: it makes
every key in one place, pairs the provinces without a telephone, and gives every officer the same password.`;

const main = async ([command = '', ...rest]: readonly string[]): Promise<void> => {
  switch (command) {
    case 'keys':
      if (rest[0] === undefined) throw new Error(USAGE);
      return makeKeys({ folder: rest[0], directory: twoProvinces, clock: realTime });
    case 'passwords':
      return setPasswords();
    case 'seed':
      return seed(rest);
    default:
      throw new Error(USAGE);
  }
};

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
