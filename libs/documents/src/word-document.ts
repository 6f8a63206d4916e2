import {
  AlignmentType,
  Document,
  Footer,
  type IParagraphOptions,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  VerticalAlignTable,
  WidthType,
} from 'docx';
import { type Block, type Line, printable, type Written } from './blocks';
import { undated } from './zip';

/** Measures of GB/T 9704-2012 (公文格式): millimetres as twentieths of a point, sizes as half points. */
const mm = (millimetres: number): number => Math.round((millimetres / 25.4) * 1440);
const page = { width: mm(210), height: mm(297) };
const margin = { top: mm(37), bottom: mm(35), left: mm(28), right: mm(26), footer: mm(28) };
const WIDE = page.width - margin.left - margin.right;
const [TWO, THREE, FOUR, SMALL_FOUR] = [44, 32, 28, 24]; // 二号、三号、四号、小四
/** Two characters of 三号. */
const INDENT = THREE * 20;
const spacing = { line: 560, lineRule: LineRuleType.EXACT };
const faces = { body: '仿宋', first: '黑体', second: '楷体', title: '宋体' } as const;

/** A .docx file in the typography of official documents. */
export async function wordDocument(written: Written): Promise<Buffer> {
  const { title, subtitle, blocks, signature, at } = written;
  const document = new Document({
    title: printable(title),
    creator: '',
    lastModifiedBy: '',
    styles: { default: { document: { run: run(faces.body, THREE) } } },
    sections: [
      {
        properties: { page: { size: page, margin } },
        footers: { default: pageNumber() },
        children: [
          paragraph(
            title,
            faces.title,
            TWO,
            { alignment: AlignmentType.CENTER, spacing: { line: 700, lineRule: LineRuleType.AT_LEAST } },
            true,
          ),
          ...(subtitle === undefined
            ? []
            : [paragraph(subtitle, faces.second, THREE, { alignment: AlignmentType.CENTER, spacing })]),
          empty(),
          ...blocks.flatMap(laidOut),
          ...(signature ? signed(signature) : []),
        ],
      },
    ],
  });
  // docx dates the file by the machine's clock.
  return undated(await Packer.toBuffer(document, undefined, [{ path: 'docProps/core.xml', data: core(title, at) }]));
}

function run(face: string, size: number, bold = false): { font: object; size: number; bold: boolean } {
  return { font: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: face }, size, bold };
}
function paragraph(text: string, face: string, size: number, options: IParagraphOptions = {}, bold = false): Paragraph {
  const lines = printable(text).split('\n');
  const children = lines.map(
    (line, at) => new TextRun({ ...run(face, size, bold), text: line, ...(at > 0 && { break: 1 }) }),
  );
  return new Paragraph({ ...options, children });
}
function empty(): Paragraph {
  return new Paragraph({ spacing });
}

function laidOut(block: Block): (Paragraph | Table)[] {
  switch (block.kind) {
    case 'heading':
      return [
        paragraph(block.text, block.level === 2 ? faces.second : faces.first, THREE, {
          spacing,
          keepNext: true,
          indent: { firstLine: INDENT },
        }),
      ];
    case 'paragraph':
      return block.text.split('\n').map((text) =>
        paragraph(text, faces.body, THREE, {
          spacing,
          alignment: AlignmentType.JUSTIFIED,
          indent: { firstLine: INDENT },
        }),
      );
    case 'facts':
      return [
        grid(
          [0.28, 0.72],
          block.lines.map(({ label, text }: Line) => row([label, text], false)),
        ),
        empty(),
      ];
    case 'table': {
      const whole = block.columns.reduce((sum, { width }) => sum + width, 0);
      const head = row(
        block.columns.map(({ title }) => title),
        true,
      );
      return [
        grid(
          block.columns.map(({ width }) => width / whole),
          [head, ...block.rows.map((cells) => row(cells, false))],
        ),
        empty(),
      ];
    }
  }
}

function grid(shares: readonly number[], rows: TableRow[]): Table {
  return new Table({
    rows,
    layout: TableLayoutType.FIXED,
    width: { size: WIDE, type: WidthType.DXA },
    columnWidths: shares.map((share) => Math.round(share * WIDE)),
  });
}
function row(cells: readonly string[], head: boolean): TableRow {
  const options = { spacing: { before: 40, after: 40 }, ...(head && { alignment: AlignmentType.CENTER }) };
  return new TableRow({
    tableHeader: head,
    cantSplit: true,
    children: cells.map(
      (cell) =>
        new TableCell({
          verticalAlign: VerticalAlignTable.CENTER,
          margins: { left: 100, right: 100 },
          children: [paragraph(cell, head ? faces.first : faces.body, SMALL_FOUR, options)],
        }),
    ),
  });
}

/** 落款: the unit and the date, right, four characters from the edge. */
function signed({ by, on }: { readonly by: string; readonly on: string }): Paragraph[] {
  const options = { spacing, keepNext: true, alignment: AlignmentType.RIGHT, indent: { right: INDENT * 2 } };
  return [
    empty(),
    paragraph(by, faces.body, THREE, options),
    paragraph(on, faces.body, THREE, { ...options, keepNext: false }),
  ];
}
function pageNumber(): Footer {
  const children = [new TextRun({ ...run(faces.title, FOUR), children: ['— ', PageNumber.CURRENT, ' —'] })];
  return new Footer({ children: [new Paragraph({ alignment: AlignmentType.CENTER, children })] });
}

function core(title: string, at: string): string {
  const escaped = printable(title).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const instant = `${at.slice(0, 19)}Z`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"',
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"',
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    `<dc:title>${escaped}</dc:title>`,
    `<dcterms:created xsi:type="dcterms:W3CDTF">${instant}</dcterms:created>`,
    `<dcterms:modified xsi:type="dcterms:W3CDTF">${instant}</dcterms:modified>`,
    '</cp:coreProperties>',
  ].join('');
}
