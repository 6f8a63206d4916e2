import {
  childrenOfDivision,
  countiesOf,
  divisionFullName,
  divisionLevel,
  divisionName,
  isDivision,
  isFormerDivision,
  isWithinDivision,
  parentOfDivision,
  prefectureOfDivision,
  provinceDivisions,
  provinceOfDivision,
  successorOfDivision,
} from './divisions';

describe('divisions', () => {
  it('names them, alone and in full', () => {
    expect(divisionName('510107')).toBe('武侯区');
    expect(divisionFullName('510107')).toBe('四川省成都市武侯区');
    expect(divisionFullName('500241')).toBe('重庆市秀山土家族苗族自治县');
    expect(divisionFullName('429004')).toBe('湖北省仙桃市');
    expect(divisionFullName('513400')).toBe('四川省凉山彝族自治州');
    expect(divisionName('510199')).toBeUndefined();
    expect(divisionFullName('')).toBeUndefined();
  });
  it('has every county of both provinces', () => {
    expect(countiesOf('510000')).toHaveLength(183);
    // 26 districts and 12 counties until 两江新区 replaced two districts in November 2025.
    expect(countiesOf('500000')).toHaveLength(37);
    expect(childrenOfDivision('510000')).toHaveLength(21);
    expect(countiesOf('510107')).toEqual([]);
  });
  it('has every province', () => {
    expect(provinceDivisions()).toHaveLength(34);
    expect(provinceDivisions().map(divisionName)).toEqual(
      expect.arrayContaining(['四川省', '重庆市', '贵州省', '台湾省']),
    );
  });
  it('keeps what was merged, as former', () => {
    expect(isDivision('500112')).toBe(false);
    expect(isFormerDivision('500112')).toBe(true);
    expect(divisionFullName('500112')).toBe('重庆市渝北区');
    expect(successorOfDivision('500112')).toBe('500157');
    expect(isDivision('500157')).toBe(true);
    expect(isFormerDivision('500157')).toBe(false);
    expect(childrenOfDivision('500100')).not.toContain('500112');
  });
  it('knows what is above', () => {
    expect(parentOfDivision('510107')).toBe('510100');
    expect(parentOfDivision('510100')).toBe('510000');
    expect(parentOfDivision('510000')).toBeUndefined();
    expect(parentOfDivision('519999')).toBeUndefined();
    expect(provinceOfDivision('500112')).toBe('500000');
    expect(prefectureOfDivision('510107')).toBe('510100');
    expect(prefectureOfDivision('510000')).toBeUndefined();
    expect(isWithinDivision('510107', '510000')).toBe(true);
    expect(isWithinDivision('510107', '510107')).toBe(true);
    expect(isWithinDivision('510107', '500000')).toBe(false);
    expect(isWithinDivision('519999', '519999')).toBe(false);
  });
  it('tells the level', () => {
    expect(['510000', '510100', '510107', '5101', '__proto__'].map(divisionLevel)).toEqual([
      'province',
      'prefecture',
      'county',
      undefined,
      undefined,
    ]);
  });
  it('has no division without the one above it', () => {
    const orphans = provinceDivisions()
      .flatMap(countiesOf)
      .filter((code) => !isDivision(parentOfDivision(code) ?? ''));
    expect(orphans).toEqual([]);
  });
});
