import type { Machine } from './machine';
import type { EngineName, Figure, Line, Row } from './row';

/** What one row gave on one engine. */
export interface Result {
  readonly row: string;
  readonly title: string;
  readonly reference: string;
  readonly engine: EngineName;
  readonly lines: readonly Line[];
}
export interface Report {
  readonly machine: Machine;
  /** Figures that mean nothing. */
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly results: readonly Result[];
}
export const resultOf = ({ name: row, title, reference }: Row, engine: EngineName, lines: readonly Line[]): Result => ({
  row,
  title,
  reference,
  engine,
  lines,
});

/** Three digits that matter, thousands apart. */
const amount = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replaceAll(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ' ');
};
const unitOf = ({ unit }: Figure): string => (unit === '/s' || unit === '' || unit === '×' ? unit : ` ${unit}`);
const shown = (of: Figure | undefined, spread: boolean): string => {
  if (!of) return '–';
  const around = spread && of.least !== of.most ? ` (${amount(of.least)}–${amount(of.most)})` : '';
  return `${amount(of.median)}${unitOf(of)}${around}`;
};
const processor = ({ cpu }: Line): string => {
  if (!cpu) return '–';
  return `${amount(cpu.ours)} µs${cpu.reference === undefined ? '' : ` / ${amount(cpu.reference)}`}`;
};
const judged = ({ met }: Line): string => (met === undefined ? '' : met ? 'yes' : '**no**');

const HEAD = ['of', 'size', 'ours', 'reference', 'ratio (spread)', 'aim', 'met', 'CPU for each', 'memory'] as const;
const cells = (line: Line): readonly string[] => [
  line.of + (line.note === undefined ? '' : `; ${line.note}`),
  line.size,
  shown(line.ours, line.ratio === undefined),
  shown(line.reference, false),
  shown(line.ratio, true),
  line.aim ?? '',
  judged(line),
  processor(line),
  line.memory === undefined ? '–' : `${line.memory} MB`,
];
const row = (of: readonly string[]): string => `| ${of.join(' | ')} |`;

/** The report as Markdown: what `docs/performance.md` is made from. */
export const markdown = ({ machine, quick, rounds, seconds, results }: Report): string => {
  const [before, after] = machine.load;
  return [
    ...(quick ? ['**A quick run: it shows that the bench works, and its figures mean nothing.**', ''] : []),
    `${machine.date} UTC · ${machine.processor}, ${machine.cores} cores, ${machine.memory} GB · ${machine.system} · ` +
      `Node ${machine.node.replace('v', '')}, NestJS ${machine.nest}, kafkajs ${machine.kafkajs}` +
      (machine.kafka === null ? '' : `, Apache Kafka ${machine.kafka}`),
    '',
    `Load average before ${before.join(' ')}, after ${after.join(' ')}; ${rounds} rounds; ${Math.round(seconds)} s in all.`,
    ...results.flatMap(({ row: name, title, reference, engine, lines }) => [
      '',
      `**${title}** · \`${name}\` · ${engine} · beside: ${reference}`,
      '',
      row(HEAD),
      row(HEAD.map(() => '---')),
      ...lines.map((line) => row(cells(line))),
    ]),
    '',
  ].join('\n');
};
