/**
 * A process that contends with others for what one store holds. Arguments: what, the file, a name for its keys, then
 * for `open` how many cases, for `approve` the cases with the slot that each is approved into (`<case>=<n>`).
 * Tells each case that it opened or approved on a line of its own.
 */
import { Hall, inmate, slot } from './hall.fixture';

const main = async ([what = '', file = '', name = '', ...rest]: readonly string[]): Promise<void> => {
  const hall = await Hall.open(what === 'open' ? 'chongqing' : 'sichuan', file);
  if (what === 'open') {
    const all = Array.from({ length: Number(rest[0]) }, (_, n) => hall.apply(inmate(n), `${name} ${n}`));
    for (const id of await Promise.all(all)) process.stdout.write(`${id}\n`);
  }
  if (what === 'approve')
    await Promise.all(
      rest.map(async (each) => {
        const [id = '', n = '0'] = each.split('=');
        const refusal = await hall.draft(id, slot(Number(n))).then(
          (draft) => hall.sign(id, draft),
          (error: unknown) => error,
        );
        if (refusal === undefined) process.stdout.write(`${id}\n`);
      }),
    );
  await hall.database.close();
};
void main(process.argv.slice(2));
