import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isRecord } from '@chuanyu/reference';
import { fontIn } from './woff';

type Document = PDFKit.PDFDocument;
export type Weight = 400 | 700;

const PACKAGE = '@fontsource/noto-sans-sc';
const resolve = createRequire(__filename).resolve;
const fileOf = (part: string, weight: Weight): string =>
  resolve(`${PACKAGE}/files/noto-sans-sc-${part}-${weight}-normal.woff`);

/** The part with what is written every day; rare characters lie in a hundred smaller ones. */
const EVERYDAY = 'chinese-simplified';
let ranges: readonly (readonly [part: string, from: number, to: number])[] | undefined;
/** The small parts that claim a character, as the package lists them: not each has what it claims. */
function partsWith(character: number): readonly string[] {
  ranges ??= readRanges();
  return ranges.filter(([, from, to]) => from <= character && character <= to).map(([part]) => part);
}
function readRanges(): [string, number, number][] {
  const listed: unknown = JSON.parse(readFileSync(resolve(`${PACKAGE}/unicode.json`), 'utf8'));
  return Object.entries(isRecord(listed) ? listed : {}).flatMap(([part, text]) =>
    String(text)
      .split(',')
      .map((range): [string, number, number] => {
        const [from = '', to = from] = range.replace('U+', '').split('-');
        return [part.replace(/[[\]]/g, ''), parseInt(from, 16), parseInt(to, 16)];
      }),
  );
}

const fonts = new Map<string, Buffer>();
/** Read once for all documents: the few that are needed, some megabytes. */
function fontFile(part: string, weight: Weight): Buffer {
  const file = fileOf(part, weight);
  const font = fonts.get(file) ?? fontIn(readFileSync(file));
  fonts.set(file, font);
  return font;
}

/** The embedded Chinese font in one document: which of its parts has a character. */
export class Faces {
  private readonly registered = new Set<string>();
  private readonly known = new Map<string, string | undefined>();
  constructor(private readonly document: Document) {}

  /** The name in the document of the part to set this character from; undefined where the font lacks it. */
  faceFor(character: string, weight: Weight): string | undefined {
    const key = `${weight}${character}`;
    if (!this.known.has(key)) this.known.set(key, this.find(character.codePointAt(0) ?? 0, weight));
    return this.known.get(key);
  }
  private find(character: number, weight: Weight): string | undefined {
    return [EVERYDAY, ...partsWith(character)]
      .map((part) => this.register(part, weight))
      .find((face) => hasGlyph(this.document.font(face), character));
  }
  private register(part: string, weight: Weight): string {
    const face = `${part} ${weight}`;
    if (!this.registered.has(face)) this.document.registerFont(face, fontFile(part, weight));
    this.registered.add(face);
    return face;
  }
}

/** pdfkit leaves a blank for what a font lacks, and tells only in a property that its types do not name. */
function hasGlyph(document: Document, character: number): boolean {
  const face: unknown = Reflect.get(document, '_font');
  const font = isRecord(face) ? face['font'] : undefined;
  if (!isRecord(font) || typeof font['hasGlyphForCodePoint'] !== 'function')
    throw new Error('pdfkit no longer tells which characters a font has');
  return Reflect.apply(font['hasGlyphForCodePoint'], font, [character]) === true;
}
