import { isAbsolute, resolve } from 'node:path';
import { engineNames, readEngine, type EngineSettings } from './engine-settings';
import { EnvironmentReader, type Environment } from './environment';

/** What a process is told by its environment: read once, here, into a checked object. */
export interface Settings {
  /** Id of the province, e.g. `sichuan`. */
  readonly province: string;
  /** Folder of this province's files. */
  readonly data: string;
  readonly engine: EngineSettings;
  /** Pairing file; `pairing.json` in the data folder unless said. */
  readonly pairing: string;
  /** File with what each peer gave us to read its log by; `peers.json` in the data folder unless said. */
  readonly peers: string;
  readonly host: string;
  readonly port: number;
  /** Where operators read metrics; nowhere unless said. */
  readonly operations: { readonly host: string; readonly port: number } | undefined;
  /** Seconds between the end of readiness and the end of listening: 1 unless said. */
  readonly drainSeconds: number;
  /** Where attachments lie: a folder, or the address of a MongoDB; unless said beside the cases. */
  readonly files: string | undefined;
  /** Bytes of one attachment: 20 MB unless said. */
  readonly attachmentLimit: number;
  /** JSON file with calendars that replace the published ones. */
  readonly calendar: string | undefined;
  /** The operator declares that this province's database was put back from a backup. */
  readonly restored: boolean;
  /** Where the public finds the gateway: stands on papers, in the QR code. */
  readonly publicUrl: string | undefined;
  /** The header in which the proxy before the gateway names the caller's address; none: nobody stands before it. */
  readonly addressHeader: string | undefined;
  /** Base URLs of the domains' services, for the gateway: `prison=http://127.0.0.1:4101,…`. */
  readonly services: Readonly<Record<string, string>>;
}
/** A bad setting stops the start; every fault is named at once. */
export class BadSettings extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`settings:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'BadSettings';
  }
}

/** Reads `CHUANYU_…`; a value may stand in a file named by `CHUANYU_…_FILE` instead. What is `said` counts before it. Throws `BadSettings`. */
export const readSettings = (given: Environment = process.env, said: Environment = {}): Settings => {
  const environment = { ...given, ...said };
  const reader = new EnvironmentReader(environment);
  const { faults } = reader;
  const read = (name: string): string | undefined => reader.read(name);
  const province = read('CHUANYU_PROVINCE') ?? '';
  if (!/^[a-z]+(-[a-z]+)*$/.test(province)) faults.push('CHUANYU_PROVINCE must be the id of a province, e.g. sichuan');
  const data = read('CHUANYU_DATA') ?? '';
  if (data === '') faults.push('CHUANYU_DATA must name a folder');
  const engine = readEngine(reader);
  const addressIn = (name: string, unlessSaid?: string): { host: string; port: number } | undefined => {
    const said = read(name) ?? unlessSaid;
    if (said === undefined) return undefined;
    const [, host, port] = /^([^:]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(said) ?? [];
    if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
    faults.push(`${name} must be <host>:<port>`);
    return undefined;
  };
  const http = addressIn('CHUANYU_HTTP', '127.0.0.1:0');
  const operations = addressIn('CHUANYU_OPERATIONS');
  const drainSeconds = Number(read('CHUANYU_DRAIN_SECONDS') ?? '1');
  if (!Number.isInteger(drainSeconds) || drainSeconds < 0 || drainSeconds > 60)
    faults.push('CHUANYU_DRAIN_SECONDS must be a whole number from 0 to 60');
  const restored = read('CHUANYU_RESTORED') ?? 'false';
  if (restored !== 'true' && restored !== 'false') faults.push('CHUANYU_RESTORED must be true or false');
  const megabytes = Number(read('CHUANYU_ATTACHMENT_MEGABYTES') ?? '20');
  if (!Number.isInteger(megabytes) || megabytes < 1 || megabytes > 100)
    faults.push('CHUANYU_ATTACHMENT_MEGABYTES must be a whole number from 1 to 100');
  // What tests are told is nobody's setting.
  const ours = Object.keys(environment).filter((name) => /^CHUANYU_(?!TEST_)/.test(name));
  for (const name of ours) if (!names.has(name.replace(/_FILE$/, ''))) faults.push(`${name} is not a setting`);
  const publicUrl = read('CHUANYU_PUBLIC');
  if (publicUrl !== undefined && !/^https?:\/\/[^\s?#]+$/.test(publicUrl))
    faults.push(
      'CHUANYU_PUBLIC must be the address of the gateway as the public knows it, e.g. https://sf.example.gov.cn',
    );
  const addressHeader = read('CHUANYU_ADDRESS_HEADER')?.toLowerCase();
  if (addressHeader !== undefined && !/^[a-z][a-z0-9-]*$/.test(addressHeader))
    faults.push('CHUANYU_ADDRESS_HEADER must be the name of a header, e.g. x-real-ip');
  const services = servicesOf(read('CHUANYU_SERVICES'), faults);
  if (faults.length > 0) throw new BadSettings(faults);
  const folder = isAbsolute(data) ? data : resolve(data);
  return {
    province,
    data: folder,
    engine,
    pairing: read('CHUANYU_PAIRING') ?? resolve(folder, 'pairing.json'),
    peers: read('CHUANYU_PEERS') ?? resolve(folder, 'peers.json'),
    files: read('CHUANYU_FILES'),
    attachmentLimit: megabytes * 1024 * 1024,
    host: http?.host ?? '127.0.0.1',
    port: http?.port ?? 0,
    operations,
    drainSeconds,
    calendar: read('CHUANYU_CALENDAR'),
    restored: restored === 'true',
    publicUrl,
    addressHeader,
    services,
  };
};
const names = new Set([
  'CHUANYU_PROVINCE',
  'CHUANYU_DATA',
  ...engineNames,
  'CHUANYU_PAIRING',
  'CHUANYU_PEERS',
  'CHUANYU_HTTP',
  'CHUANYU_OPERATIONS',
  'CHUANYU_DRAIN_SECONDS',
  'CHUANYU_CALENDAR',
  'CHUANYU_FILES',
  'CHUANYU_ATTACHMENT_MEGABYTES',
  'CHUANYU_RESTORED',
  'CHUANYU_PUBLIC',
  'CHUANYU_ADDRESS_HEADER',
  'CHUANYU_SERVICES',
]);

const servicesOf = (text: string | undefined, faults: string[]): Readonly<Record<string, string>> => {
  const pairs = (text ?? '').split(',').filter((each) => each !== '');
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [domain, url] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (/^[a-z-]+$/.test(domain) && URL.canParse(url)) return [[domain, url] as const];
      faults.push(`CHUANYU_SERVICES: ${pair} is not <domain>=<url>`);
      return [];
    }),
  );
};
