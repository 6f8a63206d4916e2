import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { topics } from '@chuanyu/contracts';
import { House, keeperOf, openHandover, planned, prison, resettlement, take, verified } from '../restore/house';

jest.setTimeout(180_000);
const root = join(__dirname, '..', '..', '..', '..');

interface Answer {
  readonly code: number | null;
  readonly said: string;
}
/** What `script/operator` says and how it ends. */
const operator = async (words: readonly string[], input = ''): Promise<Answer> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(join(root, 'script', 'operator'), words, { cwd: root, env });
  child.stdin.end(input);
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, said: out + errors };
};

let house: House;
const sichuan = (...words: readonly string[]): Promise<Answer> =>
  operator([...words, '--data', join(house.folder, 'sichuan')]);
beforeEach(async () => {
  house = await House.make();
});
afterEach(() => house.end());

it('copies a province while it works, and the copy brings it back', async () => {
  const first = await house.start();
  const before = await openHandover(first, 'before');
  await first.drain();
  const backup = join(house.folder, 'backup');
  expect(await sichuan('backup', backup)).toMatchObject({ code: 0 });
  expect((await stat(backup)).mode & 0o777).toBe(0o700);
  expect(await sichuan('backup', backup)).toMatchObject({ code: 1, said: expect.stringContaining('EEXIST') as string });
  await take(first, 'chongqing', before, 'verify', verified, resettlement);
  await first.drain();
  await take(first, 'sichuan', before, 'plan', planned, prison);
  const late = await openHandover(first, 'late');
  await first.drain();
  await house.stop(first);

  // The disk of the cases is lost; the log is on another.
  for (const file of ['cases.db', 'cases.db-wal', 'cases.db-shm'])
    await rm(join(house.folder, 'sichuan', file), { force: true });
  await cp(join(backup, 'cases.db'), join(house.folder, 'sichuan', 'cases.db'));
  const second = await house.start(['sichuan']);
  await second.drain(8);
  for (const id of [before, late]) {
    const heads = await Promise.all(
      ['sichuan', 'chongqing'].map(async (each) => (await keeperOf(second, each).get(id))?.document.head),
    );
    expect(heads[0]).toBeDefined();
    expect(heads[0]).toEqual(heads[1]);
  }
});

it('lists what is dead without its content, and hands it out again', async () => {
  const provinces = await house.start();
  const { log } = provinces.province('sichuan');
  await log.append([{ topic: topics.inbound('prison'), key: 'case-of-nobody', value: { name: '张三' } }]);
  await provinces.drain(1);
  const listed = await sichuan('letters');
  expect(listed.said).toMatch(/^prison\.service on the log of sichuan: behind 0, dead 1, parked 0$/m);
  expect(listed.said).toMatch(/^exchange\.sichuan on the log of chongqing: behind 0, dead 0, parked 0$/m);
  const letters = await sichuan('letters', 'prison.service');
  expect(letters.said).toContain('prison.inbound case-of-nobody');
  expect(letters.said).not.toContain('张三');
  expect(await sichuan('letters', 'prison')).toMatchObject({
    code: 1,
    said: expect.stringContaining('there is no group prison; there are: ') as string,
  });
  expect(await sichuan('redrive', 'prison.service', 'another')).toMatchObject({ code: 1 });
  expect(await sichuan('redrive', 'prison.service', 'case-of-nobody')).toMatchObject({ code: 0 });
  // Nothing was mended, so it dies again: with a later date.
  const first = letters.said.split(' ')[0] ?? '';
  for (const end = performance.now() + 20_000; ;) {
    const [again] = await log.deadLetters('prison.service');
    if (again !== undefined && again.time > first) break;
    if (performance.now() > end) throw new Error('it was not handed out again');
    await provinces.drain(1);
  }
});

it('pairs two provinces by the digits that were heard, and by no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pairing-'));
  const at = (province: string, ...words: readonly string[]) => operator([...words, '--data', join(folder, province)]);
  const shown = await at('chongqing', 'pairing', 'show', '--address', 'kafka://border.example:9093');
  const file = join(folder, 'chongqing.keys.json');
  await writeFile(file, shown.said);
  const { fingerprint } = JSON.parse(shown.said) as { fingerprint: string };
  const wrong = await at('sichuan', 'pairing', 'accept', file, fingerprint.replace(/\d/g, '1'));
  expect(wrong).toEqual({ code: 1, said: '/fingerprint 与电话核对的指纹不一致，不得配对\n' });
  expect(await at('sichuan', 'pairing', 'accept', file, ...fingerprint.split(' '))).toMatchObject({ code: 0 });
  const kept = JSON.parse(await readFile(join(folder, 'sichuan', 'pairing.json'), 'utf8')) as {
    peers: readonly { province: string; addresses: readonly string[] }[];
  };
  expect(kept.peers).toMatchObject([{ province: 'chongqing', addresses: ['kafka://border.example:9093'] }]);
  await rm(folder, { recursive: true });
});

it('sets a password by which its officer then signs in', async () => {
  const provinces = await house.start();
  const data = join(house.folder, 'sichuan');
  const short = await operator(['password', 'sc.zhouwei', '--data', data], 'short');
  expect(short).toMatchObject({ code: 1, said: expect.stringContaining('密码') as string });
  expect(await operator(['password', 'sc.zhouwei', '--data', data], '一个足够长的新口令-2026\n')).toMatchObject({
    code: 0,
  });
  const response = await fetch(`${provinces.province('sichuan').url}/api/sign-in`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ officer: 'sc.zhouwei', password: '一个足够长的新口令-2026' }),
  });
  expect(response.status).toBe(200);
});
