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
      engine: 'embedded',
      pairing: '/var/lib/chuanyu/sichuan/pairing.json',
      host: '127.0.0.1',
      port: 0,
      operations: undefined,
      drainSeconds: 1,
      files: '/var/lib/chuanyu/sichuan/files',
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
      CHUANYU_ENGINE: 'distributed',
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
});
