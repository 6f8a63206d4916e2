import { inflateSync } from 'node:zlib';

/** The runs of text on the pages of a PDF that pdfkit wrote, in the order in which they were set: what a reader could copy. */
export function textsIn(pdf: Buffer): readonly string[] {
  const objects = objectsIn(pdf);
  const fonts = fontsOf(objects);
  return [...objects.values()]
    .filter(({ head }) => head.includes('/Type /Page\n'))
    .flatMap(({ head }) => runsIn(objects.get(/\/Contents (\d+)/.exec(head)?.[1] ?? '')?.stream ?? '', fonts));
}
export function pagesIn(pdf: Buffer): number {
  return [...objectsIn(pdf).values()].filter(({ head }) => head.includes('/Type /Page\n')).length;
}

interface PdfObject {
  readonly head: string;
  readonly stream: string;
}
function objectsIn(pdf: Buffer): ReadonlyMap<string, PdfObject> {
  const text = pdf.toString('latin1');
  return new Map(
    [...text.matchAll(/^(\d+) 0 obj\n([\s\S]*?)(?:\nstream\n|\nendobj)/gm)].map(
      ({ 0: whole, 1: id = '', 2: head = '', index }) => {
        const from = index + whole.length;
        const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
        const packed = whole.endsWith('stream\n') && head.includes('/FlateDecode');
        return [id, { head, stream: packed ? inflateSync(pdf.subarray(from, from + length)).toString('latin1') : '' }];
      },
    ),
  );
}

type Font = readonly string[];
/** By their name on the pages: glyph → text, as the font itself says. */
function fontsOf(objects: ReadonlyMap<string, PdfObject>): ReadonlyMap<string, Font> {
  const named = [...objects.values()].flatMap(({ head }) => [...head.matchAll(/\/(F\d+) (\d+) 0 R/g)]);
  return new Map(
    named.map(([, name = '', id = '']) => {
      const map = objects.get(/\/ToUnicode (\d+)/.exec(objects.get(id)?.head ?? '')?.[1] ?? '')?.stream ?? '';
      const glyphs = [...map.matchAll(/\[((?:<[0-9a-f ]+> ?)+)\]/g)].flatMap(
        ([, list = '']) => list.match(/[0-9a-f ]+(?=>)/g) ?? [],
      );
      return [
        name,
        glyphs.map((units) =>
          units
            .split(' ')
            .map((unit) => String.fromCharCode(parseInt(unit, 16)))
            .join(''),
        ),
      ];
    }),
  );
}
function runsIn(content: string, fonts: ReadonlyMap<string, Font>): readonly string[] {
  return [...content.matchAll(/\/(F\d+) [\d.]+ Tf[\s\S]*?\[(.*?)\] TJ/g)].map(([, name = '', glyphs = '']) =>
    [...glyphs.matchAll(/<([0-9a-f]+)>/g)]
      .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
      .map((glyph) => fonts.get(name)?.[parseInt(glyph, 16)] ?? '?')
      .join(''),
  );
}
