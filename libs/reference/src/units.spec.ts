import { InvalidData } from './invalid';
import { threeProvinces, twoProvinces } from './seed';
import { Directory, type DirectoryData, type Unit, readDirectory, unitKinds } from './units';

const sichuan = {
  id: 'sichuan',
  name: '四川省',
  abbreviation: '川',
  division: '510000',
  issuer: 'https://id.sichuan.example',
};
const chongqing = {
  id: 'chongqing',
  name: '重庆市',
  abbreviation: '渝',
  division: '500000',
  issuer: 'https://id.chongqing.example',
};
const prison: Unit = { id: 'sc-x-prison', name: '监狱', kind: 'prison', province: 'sichuan', division: '510112' };

const faultsOf = (data: DirectoryData): readonly string[] => {
  try {
    new Directory(data);
    return [];
  } catch (error) {
    if (error instanceof InvalidData) return error.faults;
    throw error;
  }
};
const faultsOfUnits = (...units: Unit[]) => faultsOf({ provinces: [sichuan, chongqing], units });

describe('a directory', () => {
  test.each<[string, Unit[], string[]]>([
    ['right', [prison], []],
    ['an id taken twice', [prison, prison], ['unit sc-x-prison: the id is taken twice']],
    ['an id that is no kebab-case', [{ ...prison, id: 'SC_Prison' }], ['unit SC_Prison: the id must be kebab-case']],
    ['an unknown province', [{ ...prison, province: 'yunnan' }], ['unit sc-x-prison: unknown province yunnan']],
    ['an unknown division', [{ ...prison, division: '519999' }], ['unit sc-x-prison: unknown division 519999']],
    [
      'a division elsewhere',
      [{ ...prison, division: '500101' }],
      ['unit sc-x-prison: division 500101 is not in sichuan'],
    ],
    ['an unknown parent', [{ ...prison, parent: 'sc-none' }], ['unit sc-x-prison: unknown parent sc-none']],
    [
      'a parent elsewhere',
      [
        { ...prison, parent: 'cq-bureau' },
        { ...prison, id: 'cq-bureau', province: 'chongqing', division: '500000' },
      ],
      ['unit sc-x-prison: parent cq-bureau is in another province'],
    ],
    ['its own parent', [{ ...prison, parent: prison.id }], ['unit sc-x-prison: is above itself']],
    [
      'a name that hides something',
      [{ ...prison, name: '监\u202e狱' }],
      ['unit sc-x-prison: the name is not acceptable'],
    ],
  ])('%s', (_, units, expected) => {
    expect(faultsOfUnits(...units)).toEqual(expected);
  });
  it('finds a cycle of three, and does not blame the unit that hangs on it', () => {
    const faults = faultsOfUnits(
      { ...prison, id: 'sc-a', parent: 'sc-b' },
      { ...prison, id: 'sc-b', parent: 'sc-c' },
      { ...prison, id: 'sc-c', parent: 'sc-a' },
      { ...prison, parent: 'sc-a' },
    );
    expect(faults).toEqual(['unit sc-a: is above itself', 'unit sc-b: is above itself', 'unit sc-c: is above itself']);
  });
  it('names every fault at once, of provinces too', () => {
    const wrong = { id: 'X', name: '', abbreviation: '四川', division: '510100', issuer: 'http://x' };
    expect(faultsOf({ provinces: [wrong], units: [prison] })).toHaveLength(6);
  });
  it('refuses a kind it does not know, and any other shape', () => {
    expect(() => readDirectory({ provinces: [sichuan], units: [{ ...prison, kind: 'court' }] })).toThrow('/units/0');
    expect(() => readDirectory({ provinces: [{ ...sichuan, issuer: 1 }], units: [] })).toThrow('/provinces/0');
    expect(() => readDirectory({ provinces: [null], units: [{ ...prison, parent: 7 }] })).toThrow(
      /provinces\/0.*units\/0/,
    );
    expect(() => readDirectory([])).toThrow(InvalidData);
  });
});

describe('the seed directory', () => {
  it('has both provinces, and three with Guizhou', () => {
    expect(twoProvinces.provinces.map(({ id }) => id)).toEqual(['sichuan', 'chongqing']);
    expect(threeProvinces.unitsOf('guizhou')).toHaveLength(5);
    expect(twoProvinces.unitsOf('guizhou')).toEqual([]);
  });
  it('has every kind of unit in it', () => {
    expect(unitKinds.filter((kind) => twoProvinces.ofKind(kind).length === 0)).toEqual([]);
    expect(twoProvinces.unitsOf('chongqing', 'resettlement-office').map(({ id }) => id)).toContain(
      'cq-yubei-resettlement',
    );
  });
  it('knows who is above whom', () => {
    expect(twoProvinces.isWithin('sc-chengdu-prison', 'sc-chengdu-prison')).toBe(true);
    expect(twoProvinces.isWithin('sc-chengdu-prison', 'sc-prison-bureau')).toBe(true);
    expect(twoProvinces.isWithin('sc-chengdu-prison', 'sc-justice-department')).toBe(true);
    expect(twoProvinces.isWithin('sc-prison-bureau', 'sc-chengdu-prison')).toBe(false);
    expect(twoProvinces.isWithin('cq-yuzhou-prison', 'sc-prison-bureau')).toBe(false);
    expect(twoProvinces.isWithin('none', 'none')).toBe(false);
    expect(twoProvinces.withinOf('cq-yubei-justice')).toEqual([
      'cq-yubei-justice',
      'cq-yubei-resettlement',
      'cq-yubei-longxi',
      'cq-yubei-mediation',
    ]);
    expect(twoProvinces.childrenOf('cq-jiangbei-justice').map(({ id }) => id)).toEqual([
      'cq-jiangbei-resettlement',
      'cq-jiangbei-guanyinqiao',
    ]);
    expect(twoProvinces.withinOf('none')).toEqual([]);
  });
});
