import { catalogue, type CatalogueEntry, type CatalogueField, type CatalogueStep } from '@chuanyu/engine';
import { workflows } from '@chuanyu/workflows';

/** A Han character or full-width sign takes two columns of a terminal. */
const width = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (/[\u1100-\u115f\u2e80-\uffe6]/u.test(sign) ? 2 : 1), 0);
const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)));
/** Rows with their columns in line; the last is left as it is. */
const columns = (rows: readonly (readonly string[])[], indent: string): readonly string[] => {
  const widths = Array.from({ length: rows[0]?.length ?? 0 }, (_, at) =>
    Math.max(...rows.map((row) => width(row[at] ?? ''))),
  );
  return rows.map((row) =>
    (indent + row.map((text, at) => (at < row.length - 1 ? pad(text, widths[at] ?? 0) : text)).join('  ')).trimEnd(),
  );
};

const turns = { origin: '发起方', counterpart: '协作方', other: '被要求方' } as const;
const stateRows = ({ states }: CatalogueEntry): readonly (readonly string[])[] =>
  states
    .filter((state) => !state.everyday)
    .map((state) => [
      state.title,
      state.name,
      state.turn === null ? '办结' : turns[state.turn],
      state.due ?? '',
      [state.late ? `逾期→${state.late.title}` : '', state.public ? '公开' : ''].filter(Boolean).join('，'),
    ]);
const leadsTo = (step: CatalogueStep): string =>
  step.to === 'stays'
    ? '不变'
    : step.to === 'before'
      ? '原环节'
      : 'title' in step.to
        ? step.to.title
        : step.to.map(({ from, to }) => `${from.title}→${to.title}`).join('；');
const stepRows = ({ steps }: CatalogueEntry): readonly (readonly string[])[] =>
  steps.map((step) => [
    step.title,
    step.name,
    step.by.map((role) => role.title).join('、'),
    `${step.opens ? '开启' : step.from.map((state) => state.title).join('、')} → ${leadsTo(step)}`,
    [
      step.signedBy.length > 0 ? `${step.signedBy.map((role) => role.title).join('或')}签发` : '',
      step.byRight ? '依职权' : '',
    ]
      .filter(Boolean)
      .join('，'),
  ]);
const named = (fields: readonly CatalogueField[]): string => fields.map((field) => field.title).join('、') || '无';
const only = (entry: CatalogueEntry, audience: CatalogueField['audience']): readonly CatalogueField[] =>
  entry.leaves.filter((field) => field.audience === audience);

const describe = (entry: CatalogueEntry): string =>
  [
    `${entry.title}  ${entry.id}  v${entry.version}  「${entry.docket}」  ${entry.english}`,
    `  清单：${entry.serves.join('、') || '—'}${entry.under === null ? '' : `　属于：${entry.under}`}`,
    '  环节',
    ...columns(stateRows(entry), '    '),
    '  操作',
    ...columns(stepRows(entry), '    '),
    ...(entry.documents.length === 0 ? [] : [`  文书：${entry.documents.map(({ title }) => title).join('、')}`]),
    ...(entry.check === null
      ? []
      : [
          `  公开查验：${entry.check.says.map(({ says }) => says).join('；')}；另示${entry.check.shows.join('、') || '无'}`,
        ]),
    ...(entry.domestic
      ? ['  本省（市）内办理，不出省']
      : [`  共享给对方：${named(only(entry, 'shared'))}`, `  仅受理单位：${named(only(entry, 'restricted'))}`]),
    `  不出省：${named(entry.stays)}`,
    ...(entry.registers.length === 0 ? [] : [`  台账：${entry.registers.map(({ title }) => title).join('、')}`]),
    `  公开的字段：${named(entry.publishes)}`,
    `  公开的事件：${entry.events.map(({ title, states }) => `${title}（${states.map((state) => state.title).join('、')}）`).join('、') || '无'}`,
  ].join('\n');

const words = process.argv.slice(2);
const asked = words.filter((word) => word !== '--json');
const wanted = catalogue(workflows).filter(
  (entry) => asked.length === 0 || asked.some((word) => entry.id.startsWith(word)),
);
if (wanted.length === 0) {
  console.error(`script/workflows: no workflow whose id begins with ${asked.join(' or ')}`);
  process.exitCode = 1;
} else if (words.includes('--json')) {
  console.log(JSON.stringify(wanted, null, 2));
} else {
  console.log(wanted.map(describe).join('\n\n'));
  console.log(`\n共 ${wanted.length} 个事项`);
}
