import { workflows } from '@chuanyu/workflows';
import { exchangeOf, isUserOf, rightsOf, SERVICES } from './rights';

const domains = workflows.domains();
const rights = rightsOf({ province: 'sichuan', peers: ['chongqing'], workflows });
const grantOf = (user: string) => {
  const found = rights.grants.find((grant) => grant.user === user);
  if (!found) throw new Error(`nothing is granted to ${user}`);
  return found;
};

test('every service has a user, and so have a peer, integrators, and all services together', () => {
  expect(rights.grants.map(({ user }) => user)).toEqual([
    ...domains,
    ...['exchange', 'gateway', 'services', 'exchange.chongqing', 'integrator'],
  ]);
});

test('a domain writes what it says and hears what it is told; nothing of another domain, nothing at the border', () => {
  expect(grantOf('prison')).toEqual({
    user: 'prison',
    writes: ['prison.events', 'coordination.counts', 'prison.beat', 'prison.service.dead-letters'],
    reads: ['prison.events', 'prison.inbound', 'prison.beat', 'coordination.clauses', 'prison.service.dead-letters'],
    groups: ['prison.service'],
  });
  expect(grantOf('coordination').writes).toContain('coordination.clauses');
  expect(grantOf('coordination').reads).toContain('coordination.counts');
});

test('a peer reads what was put at the border for it and what is public, and writes nothing', () => {
  const { writes, reads, groups } = grantOf(exchangeOf('chongqing'));
  expect(writes).toEqual([]);
  expect([...reads].sort()).toEqual(
    [
      ...domains.flatMap((domain) => [`sichuan.chongqing.${domain}`, `sichuan.public.${domain}`]),
      ...['sichuan.chongqing.control', 'sichuan.chongqing.files'],
    ].sort(),
  );
  expect(groups).toEqual(['exchange.chongqing', 'exchange.files.chongqing', 'mirror.chongqing']);
});

test('of a peer among several, only its own border is opened to it', () => {
  const three = rightsOf({ province: 'sichuan', peers: ['chongqing', 'guizhou'], workflows });
  const guizhou = three.grants.find(({ user }) => user === exchangeOf('guizhou'));
  expect(guizhou?.reads.filter((topic) => topic.includes('chongqing'))).toEqual([]);
});

test('what the exchange cannot handle of a peer lies at home, where it may keep it', () => {
  expect(rights.tables).toContain('exchange.files.sichuan.dead-letters');
  for (const table of rights.tables.filter((name) => /^(exchange|mirror)\./.test(name))) {
    expect(grantOf('exchange').writes).toContain(table);
    expect(grantOf('exchange').reads).toContain(table);
  }
});

test('only the sets of groups that are open are granted by how their names begin', () => {
  const open = rights.grants.flatMap(({ user, writes, reads, groups }) =>
    [...writes, ...reads, ...groups].filter((name) => name.endsWith('*')).map((name) => `${user} ${name}`),
  );
  expect([...new Set(open)]).toEqual([
    'gateway gateway.lists.*',
    'services gateway.lists.*',
    'integrator integrator.*',
  ]);
});

test('all in one process may do what the services may, and not more', () => {
  const own = rights.grants.filter(({ user }) => [...domains, 'exchange', 'gateway'].includes(user));
  for (const what of ['writes', 'reads', 'groups'] as const)
    expect(new Set(grantOf(SERVICES)[what])).toEqual(new Set(own.flatMap((grant) => grant[what])));
});

test('topics are as they are to be: one partition where one counter is kept, thirty days where files are asked for again', () => {
  const special = rights.topics.filter(({ partitions, retentionDays }) => partitions ?? retentionDays);
  expect(special).toEqual([
    ...domains.map((domain) => ({ name: `${domain}.beat`, partitions: 1 })),
    { name: 'sichuan.chongqing.files', retentionDays: 30 },
  ]);
  expect(new Set(rights.topics.map(({ name }) => name)).size).toBe(rights.topics.length);
});

test('a province that is no peer any more is still known, so that its rules go; a stranger is not', () => {
  expect(isUserOf(rights, 'exchange.guizhou')).toBe(true);
  expect(isUserOf(rights, 'prison')).toBe(true);
  expect(isUserOf(rights, 'monitoring')).toBe(false);
});
