import { pdf, type Printed } from './pdf';
import { pagesIn, textsIn } from './pdf.fixture';

const certificate: Printed = {
  title: '实习记录证明',
  subtitle: '川律证〔2026〕12号',
  blocks: [
    { kind: 'facts', lines: [{ label: '姓名', text: '张燚堃' }] },
    { kind: 'paragraph', text: '兹证明上列人员在本会登记实习。' },
  ],
  signature: { by: '四川省律师协会', on: '2026年12月1日' },
  code: { content: 'https://example.org/public/check', lines: ['扫码查验'] },
  note: '效力以查验结果为准。',
  at: '2026-12-01T01:00:00.000Z',
};
const withName = (text: string) =>
  pdf({ ...certificate, blocks: [{ kind: 'facts', lines: [{ label: '姓名', text }] }] });

describe('a printed page', () => {
  it('has what was written in it, as text that can be copied', async () => {
    const file = await pdf(certificate);
    expect(file.subarray(0, 5).toString()).toBe('%PDF-');
    expect(textsIn(file)).toEqual([
      '实习记录证明',
      '川律证〔2026〕12号',
      '姓名',
      '张燚堃',
      '兹证明上列人员在本会登记实习。',
      '扫码查验',
      '四川省律师协会',
      '2026年12月1日',
      '效力以查验结果为准。',
    ]);
    expect(file.length).toBeLessThan(200_000);
  });

  it('sets a rare name from the small parts of the font, and names what the font lacks', async () => {
    expect(textsIn(await withName('劼娭昇')).join('')).toMatch('劼娭昇');
    expect(textsIn(await withName('李𠮷䶮')).join('')).toMatch('李〔U+20BB7〕〔U+4DAE〕');
    expect(textsIn(await withName('李𠮷')).at(-1)).toBe(
      '效力以查验结果为准。　〔U+…〕：印刷字库未收的字，以其统一码表示。',
    );
    expect(textsIn(await withName('李吉')).at(-1)).toBe('效力以查验结果为准。');
    expect(textsIn(await withName('艾力·Ábel O’Neil')).join('')).toMatch('艾力·Ábel O’Neil');
  });

  it('breaks lines anywhere but within a word or before a closing mark, and turns the page', async () => {
    const lines = textsIn(
      await pdf({ ...certificate, blocks: [{ kind: 'paragraph', text: '规范，'.repeat(400) }] }),
    ).slice(2, -4);
    expect(lines.join('')).toBe('规范，'.repeat(400));
    expect(lines.filter((line) => line.startsWith('，'))).toEqual([]);
    const words = textsIn(
      await pdf({ ...certificate, blocks: [{ kind: 'paragraph', text: 'certificate '.repeat(60) }] }),
    );
    expect(words.filter((line) => /^(?!certificate)[a-z]/.test(line))).toEqual([]);
    const long = await pdf({ ...certificate, blocks: [{ kind: 'paragraph', text: '规范，'.repeat(2000) }] });
    expect(pagesIn(long)).toBeGreaterThan(2);
    expect(pagesIn(await pdf(certificate))).toBe(1);
  });

  it('is the same bytes for the same content and instant, at any time', async () => {
    const first = await pdf(certificate);
    jest.useFakeTimers({ now: Date.parse('2031-05-05T05:05:05Z'), doNotFake: ['setImmediate', 'nextTick'] });
    try {
      expect((await pdf(certificate)).equals(first)).toBe(true);
      expect((await pdf({ ...certificate, at: '2026-12-01T01:00:01.000Z' })).equals(first)).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
