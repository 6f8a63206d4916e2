import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadSettings, readSettings } from './settings';

const good = { CHUANYU_PROVINCE: 'sichuan', CHUANYU_DATA: '/var/lib/chuanyu/sichuan' };
const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return error instanceof BadSettings ? error.faults : ['something else'];
  }
};

describe('settings', () => {
  it('have sensible values where nothing is said', () => {
    expect(readSettings({ ...good, PATH: '/bin' })).toEqual({
      province: 'sichuan',
      data: '/var/lib/chuanyu/sichuan',
      engine: { kind: 'embedded' },
      pairing: '/var/lib/chuanyu/sichuan/pairing.json',
      peers: '/var/lib/chuanyu/sichuan/peers.json',
      host: '127.0.0.1',
      port: 0,
      operations: undefined,
      drainSeconds: 1,
      files: undefined,
      attachmentLimit: 20 * 1024 * 1024,
      calendar: undefined,
      restored: false,
      publicUrl: undefined,
      addressHeader: undefined,
      services: {},
    });
  });
  it('name every fault at once', () => {
    const faults = faultsOf({
      CHUANYU_PROVINCE: 'Si Chuan',
      CHUANYU_ENGINE: 'clustered',
      CHUANYU_KAFKA: '127.0.0.1:9092',
      CHUANYU_MONGODB: 'mongodb://127.0.0.1/sichuan',
      CHUANYU_HTTP: 'here',
      CHUANYU_OPERATIONS: '9464',
      CHUANYU_DRAIN_SECONDS: '61',
      CHUANYU_TYPO: '1',
      CHUANYU_SERVICES: 'prison',
      CHUANYU_PUBLIC: 'sf.example.gov.cn',
      CHUANYU_ADDRESS_HEADER: 'X Real IP',
    });
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual([
      'CHUANYU_PROVINCE',
      'CHUANYU_DATA',
      'CHUANYU_ENGINE',
      'CHUANYU_HTTP',
      'CHUANYU_OPERATIONS',
      'CHUANYU_DRAIN_SECONDS',
      'CHUANYU_TYPO',
      'CHUANYU_PUBLIC',
      'CHUANYU_ADDRESS_HEADER',
      'CHUANYU_SERVICES',
    ]);
  });
  it('may stand in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'province');
    writeFileSync(file, 'chongqing\n');
    expect(readSettings({ CHUANYU_DATA: '/d', CHUANYU_PROVINCE_FILE: file }).province).toBe('chongqing');
    expect(faultsOf({ ...good, CHUANYU_PROVINCE_FILE: file })).toEqual([
      'CHUANYU_PROVINCE and CHUANYU_PROVINCE_FILE are both set',
    ]);
    expect(faultsOf({ CHUANYU_DATA: '/d', CHUANYU_PROVINCE_FILE: '/nowhere' })[0]).toContain('cannot be read');
  });
  it('name the servers of the distributed engine, with a secret from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    expect(
      readSettings({
        ...good,
        CHUANYU_ENGINE: 'distributed',
        CHUANYU_KAFKA: 'kafka-1:9093,kafka-2:9093',
        CHUANYU_KAFKA_CA: file('ca.pem', '-----BEGIN CERTIFICATE-----\n'),
        CHUANYU_KAFKA_USER: 'prison',
        CHUANYU_KAFKA_PASSWORD_FILE: file('password', 'secret\n'),
        CHUANYU_MONGODB_FILE: file('mongodb', 'mongodb://prison:secret@mongodb:27017/sichuan?tls=true\n'),
      }).engine,
    ).toEqual({
      kind: 'distributed',
      kafka: {
        brokers: ['kafka-1:9093', 'kafka-2:9093'],
        tls: { authority: '-----BEGIN CERTIFICATE-----\n' },
        credentials: { user: 'prison', password: 'secret' },
      },
      mongodb: 'mongodb://prison:secret@mongodb:27017/sichuan?tls=true',
    });
  });
  it('say what the distributed engine lacks, without repeating a secret', () => {
    const faults = faultsOf({
      ...good,
      CHUANYU_ENGINE: 'distributed',
      CHUANYU_KAFKA: 'kafka-1',
      CHUANYU_KAFKA_CA: '/nowhere.pem',
      CHUANYU_KAFKA_USER: 'prison',
      CHUANYU_MONGODB: 'mongodb://prison:secret@mongodb:27017',
    });
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual([
      'CHUANYU_KAFKA',
      'CHUANYU_MONGODB',
      'CHUANYU_KAFKA_USER',
      'CHUANYU_KAFKA_CA',
    ]);
    expect(faults.join()).not.toContain('secret');
  });
  it('do not take servers for an engine that has none', () => {
    expect(faultsOf({ ...good, CHUANYU_KAFKA: 'kafka-1:9093' })).toEqual([
      'CHUANYU_KAFKA is set, but CHUANYU_ENGINE is embedded: say CHUANYU_ENGINE=distributed',
    ]);
  });
});
