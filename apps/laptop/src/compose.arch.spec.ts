import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ProvinceFiles, rightsOf, SERVICES } from '@chuanyu/provinces';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { readSettings } from '@chuanyu/service';
import { KAFKA_VERSION, properties } from '@chuanyu/testing/engines';
import { testOrSkip } from '@chuanyu/testing/skip';
import { workflows } from '@chuanyu/workflows';
import { makeKeys } from './keys';

// The production shape is a text that nobody runs here. So what follows from elsewhere is held against where it follows from.
const root = join(__dirname, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Network {
  readonly aliases?: readonly string[];
}
interface Container {
  readonly image: string;
  readonly user: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: Readonly<Record<string, Network | null>> | readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly (
    | string
    | {
        readonly source: string;
        readonly target: string;
        readonly read_only?: boolean;
        readonly volume: { readonly subpath: string; readonly nocopy: boolean };
      }
  )[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly configs?: readonly { readonly source: string }[];
  readonly healthcheck?: { readonly disable?: boolean };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly restart?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}
const compose = parse(textOf('docker-compose.yml'), { merge: true, maxAliasCount: -1 }) as Compose;
const containers = Object.entries(compose.services);
const provinces = twoProvinces.provinces.map(({ id }) => id);
const processes = [...workflows.domains(), 'exchange', 'gateway'];
const once = ['prepare', 'passwords'];

const containerOf = (name: string): Container => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no ${name}`);
  return found;
};
/** What a container is called in each of its networks; by its own name everywhere. */
const namesIn = (name: string): ReadonlyMap<string, readonly string[]> => {
  const { networks = {} } = containerOf(name);
  const all: readonly (readonly [string, Network | null])[] = isList(networks)
    ? networks.map((network) => [network, null])
    : Object.entries(networks);
  return new Map(all.map(([network, told]) => [network, [name, ...(told?.aliases ?? [])]]));
};
const isList = (networks: NonNullable<Container['networks']>): networks is readonly string[] => Array.isArray(networks);
const provinceOf = (name: string): string | undefined => provinces.find((province) => name.startsWith(`${province}-`));
const namesWhere = (holds: (container: Container) => boolean): readonly string[] =>
  containers.filter(([, container]) => holds(container)).map(([name]) => name);

const kafkaProperties = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
const broker = kafkaProperties(textOf('docker/kafka.properties'));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chuanyu-compose-'));
  await makeKeys({ folder, directory: twoProvinces, clock: realTime });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  test('runs each province as its workflows say, and what a laptop needs besides', () => {
    const wanted = provinces.flatMap((province) =>
      ['kafka', 'mongodb', ...once, ...processes].map((name) => `${province}-${name}`),
    );
    expect(Object.keys(compose.services).sort()).toEqual([...wanted, 'keys', 'seed'].sort());
  });

  test.each(provinces.flatMap((province) => [...processes, ...once].map((name) => [province, name] as const)))(
    'starts %s-%s with settings that it can read, as the user that it is',
    (province, name) => {
      const { command = [], environment = {}, volumes = [] } = containerOf(`${province}-${name}`);
      const app = once.includes(name) ? (name === 'prepare' ? 'prepare' : 'laptop') : name;
      expect(command[0]).toBe(`apps/${app}/src/main.js`);
      expect(existsSync(join(root, `apps/${app}/src/main.ts`))).toBe(true);

      const user = once.includes(name) ? 'operator' : name;
      const [keys] = volumes;
      expect(volumes).toHaveLength(1);
      expect(keys).toMatchObject({
        source: `${province}-keys`,
        target: '/var/lib/chuanyu',
        volume: { subpath: user, nocopy: true },
      });
      const here = Object.entries(environment).map(([key, value]) => [
        key,
        value.replaceAll('/var/lib/chuanyu', join(folder, province, user)),
      ]);
      const settings = readSettings(Object.fromEntries(here) as Record<string, string>);
      expect(settings).toMatchObject({ province, port: 4100, data: join(folder, province, user) });
      expect(settings.engine).toMatchObject({
        kind: 'distributed',
        kafka: { brokers: ['kafka:9092'], credentials: { user } },
      });
      expect(Object.keys(settings.services).sort()).toEqual([...workflows.domains()].sort());
      // Whoever prepares does not listen.
      if (once.includes(name)) return;
      for (const [domain, url] of Object.entries(settings.services))
        expect(namesIn(`${province}-${domain}`).get(province)).toContain(new URL(url).hostname);
      // Whoever is in another network too listens in that of the province only; people reach the gateway.
      const isElsewhere = namesIn(`${province}-${name}`).size > 1;
      expect([settings.host, settings.operations?.host]).toEqual(
        isElsewhere ? [name === 'gateway' ? '0.0.0.0' : name, name] : ['0.0.0.0', '0.0.0.0'],
      );
      expect(namesIn(`${province}-${name}`).get(province)).toContain(name);
    },
  );

  test('keeps secrets in files', () => {
    const told = containers.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment).map((key) => `${name} ${key}`),
    );
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter((key) => /PASSWORD|SECRET|TOKEN|MONGODB/.test(key) && !key.endsWith('_FILE'))).toEqual([]);
  });

  test.each(provinces)('gives the Kafka of %s exactly the users that have rights, and the operator', (province) => {
    const peers = provinces.filter((id) => id !== province);
    const rights = rightsOf({ province, peers, workflows }).grants.map(({ user }) => user);
    const users = readdirSync(join(folder, province, 'kafka/users'));
    expect(users.sort()).toEqual([...rights.filter((user) => user !== SERVICES), 'operator'].sort());
    for (const [name, password] of users.map((user) => [user, textIn(province, `kafka/users/${user}`)] as const))
      expect([name, password.length >= 24]).toEqual([name, true]);
  });

  test.each(provinces)(
    'lets nobody but the exchange of %s reach another province, and it only the border',
    async (province) => {
      const own = namesWhere(() => true).filter((name) => provinceOf(name) === province);
      const others = namesWhere(() => true).filter((name) => ![province, undefined].includes(provinceOf(name)));
      const met = own.flatMap((name) =>
        others
          .filter((other) => [...namesIn(name).keys()].some((network) => namesIn(other).has(network)))
          .map((other) => [name, other].map((each) => each.replace(/^[a-z]+-/, '')).join(' meets ')),
      );
      // Both brokers stand at the border; neither listens there but to who has a password.
      const border = ['exchange meets exchange', 'exchange meets kafka', 'kafka meets exchange', 'kafka meets kafka'];
      expect(met.sort()).toEqual(border);
      expect([...namesIn(`${province}-exchange`).keys()].sort()).toEqual(['border', province].sort());
      // At the border the exchange listens to nobody, and the broker at one listener.
      expect(containerOf(`${province}-exchange`).environment?.['CHUANYU_HTTP']).toBe('exchange:4100');
      expect(namesIn(`${province}-exchange`).get('border')).toEqual([`${province}-exchange`]);
      const listeners = broker.get('listeners')?.replaceAll('${env:PROVINCE}', province).split(',');
      expect(listeners).toEqual([
        'CLIENTS://kafka:9092',
        `BORDER://kafka.${province}:9093`,
        'CLUSTER://localhost:9095',
        'CONTROLLER://localhost:9094',
      ]);
      expect(namesIn(`${province}-kafka`)).toEqual(
        new Map([
          [province, [`${province}-kafka`, 'kafka']],
          ['border', [`${province}-kafka`, `kafka.${province}`]],
        ]),
      );
      for (const peer of provinces.filter((id) => id !== province)) {
        const files = new ProvinceFiles(join(folder, peer, 'exchange'));
        const paired = (await files.pairing())?.peers.find((each) => each.province === province);
        expect(paired?.addresses).toEqual([`kafka://kafka.${province}:9093`]);
        expect((await files.peerPasses()).get(province)?.user).toBe(`exchange.${peer}`);
      }
    },
  );

  test('opens nothing to the outside but the gateways, and those to this machine only', () => {
    expect(Object.fromEntries(containers.flatMap(([name, { ports }]) => (ports ? [[name, ports]] : [])))).toEqual({
      'sichuan-gateway': ['127.0.0.1:4100:4100'],
      'chongqing-gateway': ['127.0.0.1:4200:4100'],
    });
    for (const province of provinces) {
      const [port] =
        containerOf(`${province}-gateway`).ports?.map((each) => each.split(':').slice(0, 2).join(':')) ?? [];
      expect(containerOf(`${province}-prison`).environment?.['CHUANYU_PUBLIC']).toBe(`http://${port ?? ''}`);
    }
    const open = Object.entries(compose.networks).filter(([, network]) => network?.internal !== true);
    expect(open.map(([name]) => name)).toEqual(provinces.map((province) => `${province}-front`));
    for (const [network] of open)
      expect(namesWhere(() => true).filter((name) => namesIn(name).has(network))).toEqual([
        network.replace('front', 'gateway'),
        'seed',
      ]);
  });

  test.each(containers)(
    'runs %s without rights, on a file system that it cannot write, within bounds',
    (name, container) => {
      expect(container).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(container.mem_limit).toMatch(/^\d+[mg]$/);
      // Who gives files away must be root, and has no network.
      if (name === 'keys')
        expect(container).toMatchObject({ user: '0:0', cap_add: ['CHOWN', 'DAC_OVERRIDE'], network_mode: 'none' });
      else
        expect([container.user, container.cap_add]).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/), undefined]);
      const isOnce = container.healthcheck?.disable === true;
      expect(isOnce).toBe(/^keys$|^seed$|-prepare$|-passwords$/.test(name));
      expect(container.restart).toBe(isOnce ? (name === 'seed' ? 'on-failure:5' : 'no') : 'unless-stopped');
      // The image has a health check of its own.
      if (!isOnce) expect(container.healthcheck !== undefined).toBe(!container.image.startsWith('chuanyu:'));
      for (const [on, { condition }] of Object.entries(container.depends_on ?? {}))
        expect([on, condition]).toEqual([
          on,
          containerOf(on).healthcheck?.disable === true ? 'service_completed_successfully' : 'service_healthy',
        ]);
    },
  );

  test('names only what it has', () => {
    const volumes = containers.flatMap(([, { volumes: mounted = [] }]) =>
      mounted.map((volume) => (typeof volume === 'string' ? (volume.split(':')[0] ?? '') : volume.source)),
    );
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
    const configs = containers.flatMap(([, { configs: given = [] }]) => given.map(({ source }) => source));
    expect([...new Set(configs)].sort()).toEqual(Object.keys(compose.configs).sort());
    for (const { file } of Object.values(compose.configs)) expect(existsSync(join(root, file))).toBe(true);
  });

  test('takes images of one version each, and the same Node and Kafka as everywhere', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    const images = [...new Set(containers.map(([, { image }]) => image))].sort();
    expect(images).toEqual([
      `apache/kafka:${KAFKA_VERSION}`,
      `chuanyu:${version}`,
      expect.stringMatching(/^mongo:8\.\d+\.\d+$/),
    ]);
    const node = /^node_wanted=(\S+)/m.exec(textOf('script/setup'))?.[1];
    expect(textOf('Dockerfile')).toMatch(new RegExp(`^FROM node:${node ?? '?'}-\\S+ AS build$`, 'm'));
  });

  test('sets at Kafka what script/engines sets, where they mean the same', () => {
    writeFileSync(join(folder, 'passwords.json'), '{}');
    const engines = kafkaProperties(properties(folder, { clients: 1, controller: 2 }, true));
    // Where it lives, and by which of its listeners it speaks to itself.
    const differs = /listener|voters|log\.dirs|location|inter\.broker/;
    const same = [...engines].filter(([name]) => !differs.test(name));
    expect(same.length).toBeGreaterThan(20);
    const sorted = (value = '') => value.split(';').sort();
    expect(same.map(([name]) => [name, sorted(broker.get(name))])).toEqual(
      same.map(([name, value]) => [name, sorted(value)]),
    );
    for (const listener of ['cluster', 'controller'])
      expect(broker.get(`listener.name.${listener}.ssl.client.auth`)).toBe('required');
    expect(broker.get('listener.security.protocol.map')).toBe(
      'CLIENTS:SASL_SSL,BORDER:SASL_SSL,CLUSTER:SSL,CONTROLLER:SSL',
    );
  });

  const { status } = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' });
  testOrSkip('is what Docker Compose understands', status === 0 ? undefined : 'there is no docker compose here', () => {
    const { stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('');
  });
});

const textIn = (province: string, file: string): string => readFileSync(join(folder, province, file), 'utf8');
