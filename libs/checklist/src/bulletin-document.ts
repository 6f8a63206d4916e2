import type { Block, Written } from '@chuanyu/documents';
import { dateOf } from '@chuanyu/reference';
import { aspects, colourName, type Difference } from './changes';
import type { ChecklistLine } from './line';
import { totalsOf } from './totals';

/** What a bulletin is made from. */
export interface BulletinContent {
  readonly year: number;
  readonly issue: number;
  /** The liaison office that drafts it. */
  readonly by: string;
  readonly at: string;
  readonly lines: readonly ChecklistLine[];
  /** The bulletin before; undefined for the first. */
  readonly since: { readonly title: string; readonly at: string } | undefined;
  readonly changes: readonly Difference[];
}
export const inChinese = (date: string): string => {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${year}年${Number(month)}月${Number(day)}日`;
};
export const titleOf = ({ year, issue }: Pick<BulletinContent, 'year' | 'issue'>): string =>
  `川渝司法行政合作重点推进项目情况通报（${year}年第${issue}期）`;

/** The sentences that stand at the head of the bulletin, and in the case's form. */
export const summaryOf = ({ lines, changes, since, at }: BulletinContent): string => {
  const totals = totalsOf(lines);
  const kinds = Object.entries(totals.kinds).map(([kind, n]) => `${kind}${n}项`);
  const { colours, milestones, obstacles, cases } = totals;
  const changed = new Set(changes.map(({ number }) => number)).size;
  return [
    `截至${inChinese(dateOf(at))}，清单共有项目${totals.projects}项${kinds.length > 0 ? `，其中${kinds.join('、')}` : ''}；已销号${totals.closed}项。`,
    `按期推进（绿）${colours.green}项，十个工作日内到期（黄）${colours.amber}项，逾期（红）${colours.red}项。`,
    `节点${milestones.planned}个，经对方确认${milestones.counted}个，逾期${milestones.overdue}个；未疏通的堵点${obstacles.open}个，其中逾期${obstacles.overdue}个。`,
    `相关事项两地本年办件${cases.thisYear}件，累计${cases.inAll}件。`,
    since ? `与《${since.title}》相比，有变化的项目${changed}项。` : '本期为首期通报。',
  ].join('\n');
};

/** The bulletin as a word-processor document. */
export const bulletinDocument = (content: BulletinContent): Written => {
  const { lines, changes, since, by, at } = content;
  const late = lines.filter(({ colour }) => colour === 'red');
  const soon = lines.filter(({ colour }) => colour === 'amber');
  const blocked = lines.flatMap((line) => line.obstacles.all.filter(isOpen).map((each) => ({ line, each })));
  const groups = [...new Set(lines.map(({ group }) => group))];
  return {
    title: titleOf(content),
    subtitle: by,
    at,
    signature: { by, on: inChinese(dateOf(at)) },
    blocks: [
      heading('一、总体情况'),
      paragraph(summaryOf(content)),
      heading('二、与上一期相比的变化'),
      ...(since
        ? changes.length === 0
          ? [paragraph('没有变化。')]
          : [
              table(
                [
                  ['项目', 40],
                  ['事由', 12],
                  ['上一期', 24],
                  ['本期', 24],
                ],
                changes.map((each) => [
                  `${each.title}（${each.number}）`,
                  aspects[each.aspect],
                  each.before,
                  each.after,
                ]),
              ),
            ]
        : [paragraph('本期为首期通报，以后各期与之比较。')]),
      heading('三、逾期和即将到期的项目'),
      ...(late.length + soon.length === 0
        ? [paragraph('没有逾期和即将到期的项目。')]
        : [
            table(
              [
                ['颜色', 8],
                ['项目', 42],
                ['牵头单位', 26],
                ['说明', 24],
              ],
              [...late, ...soon].map((line) => [
                colourName(line),
                `${line.title}（${line.number}）`,
                leads(line),
                line.why,
              ]),
            ),
          ]),
      heading('四、未疏通的堵点'),
      ...(blocked.length === 0
        ? [paragraph('没有未疏通的堵点。')]
        : [
            table(
              [
                ['项目', 28],
                ['堵点', 32],
                ['责任单位', 22],
                ['期限', 18],
              ],
              blocked.map(({ line, each }) => [
                line.title,
                each.title,
                each.owner.name,
                `${each.dueOn}${each.overdue ? '（逾期）' : ''}`,
              ]),
            ),
          ]),
      heading('五、项目清单'),
      ...groups.flatMap((group): Block[] => [
        { kind: 'heading', level: 2, text: group },
        table(
          [
            ['项目', 44],
            ['类别', 13],
            ['阶段', 13],
            ['进度', 10],
            ['颜色', 8],
            ['办件', 12],
          ],
          lines
            .filter((line) => line.group === group)
            .map((line) => [line.title, line.kind, line.stage, `${line.progress}%`, colourName(line), casesOf(line)]),
        ),
      ]),
    ],
  };
};
const isOpen = ({ state }: { readonly state: string }): boolean => state !== 'cleared' && state !== 'withdrawn';
const leads = ({ leads: all }: ChecklistLine): string => all.map(({ name }) => name).join('、');
const casesOf = ({ counts }: ChecklistLine): string =>
  counts.length === 0 ? '—' : String(counts.reduce((sum, { inAll }) => sum + inAll, 0));
const heading = (text: string): Block => ({ kind: 'heading', text });
const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
const table = (columns: readonly (readonly [string, number])[], rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  columns: columns.map(([title, width]) => ({ title, width })),
  rows,
});
