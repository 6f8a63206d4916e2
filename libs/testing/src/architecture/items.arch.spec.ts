import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leadKindOf } from '@chuanyu/provinces';
import { cooperationItems, twoProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';

const docs = join(__dirname, '../../../../docs/workflows');

test('the items of the platform are those of the published list', () => {
  const [, ...rows] = readFileSync(join(docs, 'cooperation-items.csv'), 'utf8').trim().split('\n');
  const told = cooperationItems.map(({ item, domain, group, title }) => [item, domain, group, title].join(','));
  expect(told).toEqual(rows.map((row) => row.trim()));
  expect(told).toHaveLength(52);
});
test('a workflow serves items of the list, and nothing else', () => {
  const items = new Set(cooperationItems.map(({ item }) => item));
  const strange = workflows
    .all()
    .flatMap(({ id, serves }) => serves.filter((item) => !items.has(item)).map((item) => `${id}: ${item}`));
  expect(strange).toEqual([]);
});
test('each item has units that lead it in both provinces', () => {
  const leaderless = cooperationItems.flatMap(({ item, domain }) =>
    twoProvinces.provinces
      .filter(({ id }) => !twoProvinces.unitsOf(id).some(({ kind }) => kind === leadKindOf(domain)))
      .map(({ id }) => `${item} in ${id}`),
  );
  expect(leaderless).toEqual([]);
});
test('the index says of each item which workflows serve it, and of which there is none yet', () => {
  const index = readFileSync(join(docs, 'README.md'), 'utf8');
  const said = cooperationItems.map(({ item }) => {
    const row = index.split('\n').find((line) => line.startsWith(`| ${item} `)) ?? '';
    return [item, row.includes('（尚无）') ? [] : [...row.matchAll(/\]\(([a-z/-]+)\.md\)/g)].map(([, file]) => file)];
  });
  const served = cooperationItems.map(({ item }) => [
    item,
    workflows.all().flatMap(({ domain, name, serves }) => (serves.includes(item) ? [`${domain}/${name}`] : [])),
  ]);
  expect(said).toEqual(served);
});
