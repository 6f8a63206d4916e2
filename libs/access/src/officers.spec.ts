import { InvalidData, twoProvinces } from '@chuanyu/reference';
import { type Officer, Officers, actsFor, mayActIn, maySee, readOfficers } from './officers';
import { officersOfThree, officersOfTwo } from './seed';

const zhou: Officer = {
  id: 'sc.zhou',
  name: '周伟',
  unit: 'sc-chengdu-prison',
  roles: ['release-officer'],
  deputies: [],
  absences: [],
};
const liu: Officer = { ...zhou, id: 'sc.liu', name: '刘洋' };
const chen: Officer = {
  ...zhou,
  id: 'sc.chen',
  name: '陈国强',
  roles: ['prison-leader'],
  deputies: ['sc.liu'],
  absences: [{ from: '2026-12-07', to: '2026-12-11' }],
};

const faultsOf = (...officers: Officer[]): readonly string[] => {
  try {
    new Officers(twoProvinces, officers);
    return [];
  } catch (error) {
    if (error instanceof InvalidData) return error.faults;
    throw error;
  }
};

describe('a deputy', () => {
  test.each([
    ['2026-12-06', false],
    ['2026-12-07', true],
    ['2026-12-11', true],
    ['2026-12-12', false],
  ])('on %s may act: %s', (date, may) => {
    expect(actsFor(liu, chen, date)).toBe(may);
    expect(new Officers(twoProvinces, [zhou, liu, chen]).absentFor(liu, date)).toEqual(may ? [chen] : []);
  });
  it('is only who was named, and not the other way round', () => {
    expect(actsFor(zhou, chen, '2026-12-08')).toBe(false);
    expect(actsFor(chen, liu, '2026-12-08')).toBe(false);
  });
});

describe('an officer', () => {
  const bureau: Officer = { ...zhou, id: 'sc.huang', unit: 'sc-prison-bureau' };
  it('sees the cases of the own unit and those below', () => {
    expect(maySee(zhou, 'sc-chengdu-prison', twoProvinces)).toBe(true);
    expect(maySee(bureau, 'sc-chengdu-prison', twoProvinces)).toBe(true);
    expect(maySee(zhou, 'sc-prison-bureau', twoProvinces)).toBe(false);
    expect(maySee(zhou, 'sc-jinjiang-prison', twoProvinces)).toBe(false);
    expect(maySee(bureau, 'cq-yuzhou-prison', twoProvinces)).toBe(false);
  });
  it('who only keeps the platform running sees none', () => {
    const operator: Officer = { ...zhou, unit: 'sc-justice-department', roles: ['operator'] };
    expect(maySee(operator, 'sc-chengdu-prison', twoProvinces)).toBe(false);
    expect(mayActIn(operator, 'operator', 'sc-justice-department', twoProvinces)).toBe(true);
  });
  it('acts only in a role held', () => {
    expect(mayActIn(zhou, 'release-officer', 'sc-chengdu-prison', twoProvinces)).toBe(true);
    expect(mayActIn(zhou, 'prison-leader', 'sc-chengdu-prison', twoProvinces)).toBe(false);
    expect(mayActIn(zhou, 'release-officer', 'sc-jinjiang-prison', twoProvinces)).toBe(false);
    expect(mayActIn(bureau, 'release-officer', 'sc-jinjiang-prison', twoProvinces)).toBe(true);
  });
});

describe('officers', () => {
  test.each<[string, Officer[], string[]]>([
    ['right', [zhou, liu, chen], []],
    ['an id taken twice', [zhou, zhou], ['officer sc.zhou: the id is taken twice']],
    [
      'an id in capitals',
      [{ ...zhou, id: 'Zhou' }],
      ['officer Zhou: the id must be lower-case letters and digits, joined by dots'],
    ],
    ['an unknown unit', [{ ...zhou, unit: 'sc-none' }], ['officer sc.zhou: unknown unit sc-none']],
    ['no role', [{ ...zhou, roles: [] }], ['officer sc.zhou: has no role']],
    ['a role that is no id', [{ ...zhou, roles: ['狱政民警'] }], ['officer sc.zhou: role 狱政民警 must be kebab-case']],
    ['an unknown deputy', [chen], ['officer sc.chen: unknown deputy sc.liu']],
    ['the own deputy', [{ ...zhou, deputies: ['sc.zhou'] }], ['officer sc.zhou: is the own deputy']],
    [
      'a deputy elsewhere',
      [{ ...liu, unit: 'sc-jinjiang-prison' }, chen],
      ['officer sc.chen: deputy sc.liu is of another unit'],
    ],
    [
      'an absence backwards',
      [{ ...zhou, absences: [{ from: '2026-12-02', to: '2026-12-01' }] }],
      ['officer sc.zhou: an absence ends (2026-12-01) before it begins (2026-12-02)'],
    ],
    [
      'an absence on no date',
      [{ ...zhou, absences: [{ from: '2026-02-30', to: '2026-12-01' }] }],
      ['officer sc.zhou: an absence runs from a date to a date'],
    ],
    ['a name that is none', [{ ...zhou, name: '周1' }], ['officer sc.zhou: the name is not acceptable']],
  ])('%s', (_, officers, expected) => {
    expect(faultsOf(...officers)).toEqual(expected);
  });
  it('are read from JSON, or every wrong entry is named', () => {
    expect(readOfficers(JSON.parse(JSON.stringify([zhou, chen])))).toEqual([zhou, chen]);
    expect(() => readOfficers([{ ...zhou, roles: 'x' }, zhou, { ...zhou, absences: [1] }])).toThrow(/\/0:.*\/2:/);
    expect(() => readOfficers({})).toThrow(InvalidData);
  });
});

describe('the seed officers', () => {
  it('staff the units that the demonstrations need', () => {
    const staffed = (unit: string, role: string) => officersOfTwo.ofUnit(unit, role).length;
    for (const prison of ['sc-chengdu-prison', 'cq-yuzhou-prison']) {
      expect([staffed(prison, 'release-officer'), staffed(prison, 'prison-leader')]).toEqual([2, 1]);
    }
    for (const office of ['cq-yubei-resettlement', 'sc-wuhou-resettlement']) {
      expect([staffed(office, 'resettlement-officer'), staffed(office, 'resettlement-leader')]).toEqual([2, 1]);
    }
    for (const office of ['sc-wuhou-jinyang', 'cq-yubei-longxi']) {
      expect(['submitter', 'reviewer', 'leader'].map((role) => staffed(office, role))).toEqual([1, 1, 1]);
    }
    for (const office of ['sc-liaison', 'cq-liaison']) {
      expect([staffed(office, 'liaison-officer'), staffed(office, 'liaison-leader')]).toEqual([1, 1]);
    }
    expect(staffed('cq-jiangbei-resettlement', 'resettlement-officer')).toBe(1);
  });
  it('have one absent, with a deputy', () => {
    const absent = officersOfTwo.all.filter(({ absences, deputies }) => absences.length > 0 && deputies.length > 0);
    expect(absent.map(({ id }) => id)).toEqual(['sc.chenguoqiang']);
  });
  it('are joined by those of Guizhou', () => {
    expect(officersOfThree.all.length - officersOfTwo.all.length).toBe(9);
    expect(officersOfThree.officer('gz.wuyan')?.unit).toBe('gz-zunyi-prison');
    expect(officersOfTwo.officer('gz.wuyan')).toBeUndefined();
  });
});
