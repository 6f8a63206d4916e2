import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noKafka } from '../engines';
import { testOrSkip } from '../skip';
import { rows } from './rows';
import type { Report } from './table';

jest.setTimeout(600_000);

const root = join(__dirname, '../../../..');
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bench-spec-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As a person types it; it must not be run by Jest's own options for Node. */
const bench = (...words: readonly string[]) => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const file = join(folder, 'report.json');
  const ran = spawnSync(join(root, 'script/bench'), ['--quick', '--json', file, ...words], {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: 580_000,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, table: ran.stdout };
};

// Figures of a quick run mean nothing: only that there are any, for every row.
const check = ({ report, table }: ReturnType<typeof bench>, names: readonly string[]) => {
  expect(report.results.map(({ row }) => row)).toEqual(names);
  for (const { row, lines } of report.results) {
    expect({ row, lines: lines.length }).not.toEqual({ row, lines: 0 });
    for (const { of, ours, reference, ratio } of lines)
      for (const figure of [ours, reference, ratio])
        expect({ row, of, sound: figure === undefined || figure.median > 0 }).toEqual({ row, of, sound: true });
    expect(table).toContain(`\`${row}\``);
  }
};

test('every row can be measured on files', () => {
  check(
    bench('--engine', 'embedded'),
    rows.filter(({ engines }) => engines.includes('embedded')).map(({ name }) => name),
  );
});

testOrSkip('rows can be measured on Kafka', noKafka(), () => {
  check(bench('--engine', 'kafka', 'consume', 'relay', 'step'), ['consume', 'relay', 'step']);
});

test('a row that is not there is refused, with those that are', () => {
  expect(() => bench('no-such')).toThrow(/no row «no-such»[\s\S]*consume-waiting/);
});
