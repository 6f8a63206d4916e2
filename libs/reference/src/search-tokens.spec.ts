import { queryTokens, tokens } from './search-tokens';

const finds = (query: string, text: string) => {
  const kept = new Set(tokens(text));
  const wanted = queryTokens(query);
  return wanted.length > 0 && wanted.every((token) => kept.has(token));
};

describe('search tokens', () => {
  it('are pairs of Chinese characters, words, and the first character of a run', () => {
    expect(tokens('川监衔〔2026〕12号')).toEqual(['川', '川监', '监衔', '2026', '12', '号']);
    expect(tokens('四川省 Prison-3B')).toEqual(['四', '四川', '川省', 'prison', '3b']);
    expect(tokens('')).toEqual([]);
    expect(tokens('，。 —')).toEqual([]);
  });
  it('do not repeat', () => {
    expect(tokens('人人人人')).toEqual(['人', '人人']);
  });
  it('count characters of every plane as one', () => {
    expect(tokens('𠮷田')).toEqual(['𠮷', '𠮷田']);
    expect(queryTokens('𠮷')).toEqual(['𠮷']);
  });
  it('survive a lone surrogate', () => {
    expect(tokens('\ud800张伟')).toEqual(['张', '张伟']);
  });
  test.each([
    ['张伟', '当事人张伟'],
    ['伟', '伟'],
    ['张', '张伟'],
    ['张伟民', '张伟民'],
    ['2026 张伟', '张伟 川监衔〔2026〕12号'],
    ['ＡＢＣ１２', 'abc12'],
    ['Abc', 'ABC'],
    ['〔2026〕12号', '川监衔〔2026〕12号'],
    ['买买提', '阿卜杜拉·买买提'],
    ['JOSÉ', 'Jose\u0301'],
  ])('%s finds %s', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });
  test.each([
    ['伟', '张伟'],
    ['张民', '张伟民'],
    ['伟张', '张伟'],
    ['12', '123'],
    ['.*', '张伟'],
    ['', '张伟'],
  ])('%s does not find %s', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });
});
