import { wordDocument } from './word-document';
import { partsOf, unpack } from './zip';

const bulletin = {
  title: '川渝司法行政协作事项推进情况通报',
  subtitle: '〔2026〕第3期',
  blocks: [
    { kind: 'heading', text: '一、总体进展' },
    { kind: 'paragraph', text: '截至十二月一日，五十二个事项中已有十项办结。\n第二段 <&> 控制\u0001字符。' },
    { kind: 'heading', text: '（一）监狱工作', level: 2 },
    {
      kind: 'table',
      columns: [
        { title: '事项', width: 3 },
        { title: '办件', width: 1 },
      ],
      rows: [
        ['远程会见', '12'],
        ['=1+1', '𠮷'],
      ],
    },
    { kind: 'facts', lines: [{ label: '牵头单位', text: '四川省司法厅' }] },
  ],
  signature: { by: '四川省司法厅', on: '2026年12月1日' },
  at: '2026-12-01T01:00:00.000Z',
} as const;

async function partOf(file: Buffer, name: string): Promise<string> {
  const part = partsOf(file).find((each) => each.name === name);
  if (!part) throw new Error(`no ${name}`);
  return (await unpack(file, part, 1e7)).toString();
}
const textsOf = (xml: string) => [...xml.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, text]) => text);

describe('a word-processor document', () => {
  it('has what was written in it, in its order', async () => {
    const xml = await partOf(await wordDocument(bulletin), 'word/document.xml');
    expect(textsOf(xml)).toEqual([
      '川渝司法行政协作事项推进情况通报',
      '〔2026〕第3期',
      '一、总体进展',
      '截至十二月一日，五十二个事项中已有十项办结。',
      '第二段 &lt;&amp;&gt; 控制字符。',
      '（一）监狱工作',
      ...['事项', '办件', '远程会见', '12', '=1+1', '𠮷'],
      ...['牵头单位', '四川省司法厅', '四川省司法厅', '2026年12月1日'],
    ]);
  });

  it('is set as official documents are: A4, their margins, faces and sizes', async () => {
    const xml = await partOf(await wordDocument(bulletin), 'word/document.xml');
    expect(xml).toMatch('<w:pgSz w:w="11906" w:h="16838"');
    expect(xml).toMatch(/<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/);
    for (const face of ['仿宋', '黑体', '楷体', '宋体']) expect(xml).toMatch(`w:eastAsia="${face}"`);
    expect(xml).toMatch('<w:tblHeader');
  });

  it('is the same bytes for the same content and instant, at any time', async () => {
    const first = await wordDocument(bulletin);
    jest.useFakeTimers({ now: Date.parse('2031-05-05T05:05:05Z'), doNotFake: ['setImmediate', 'nextTick'] });
    try {
      expect((await wordDocument(bulletin)).equals(first)).toBe(true);
    } finally {
      jest.useRealTimers();
    }
    expect(await partOf(first, 'docProps/core.xml')).toMatch('2026-12-01T01:00:00Z');
  });
});
