import type { Faces, Weight } from './faces';
import { printable } from './blocks';

type Document = PDFKit.PDFDocument;
export interface Setting {
  readonly size: number;
  readonly weight?: Weight;
  /** Width of a line in points. */
  readonly width: number;
  readonly align?: 'left' | 'center' | 'right';
  /** Of the first line, in points. */
  readonly indent?: number;
  readonly colour?: string;
}
/** A piece that stays on one line, from one file of the font. */
interface Piece {
  readonly text: string;
  readonly face: string;
  readonly width: number;
}
interface SetLine {
  readonly pieces: readonly Piece[];
  readonly width: number;
  readonly indent: number;
}

/** May not begin a line: it hangs at the end of the one before (避头尾). */
const CLOSING = /^[，。、；：？！）〕》」』】”’…—·%,.;:?!)\]]$/u;
const LEADING = 1.6;

/** Sets Chinese text: pdfkit breaks lines at blanks only, and leaves out what the font lacks. */
export class Typesetting {
  /** Has any character been set as its number, since the font lacks it? */
  lacks = false;
  constructor(
    private readonly document: Document,
    private readonly faces: Faces,
  ) {}

  /** In points. */
  heightOf(text: string, setting: Setting): number {
    return this.lines(text, setting).length * setting.size * LEADING;
  }
  /** Sets the text from this point on; answers where it ends. */
  set(text: string, x: number, y: number, setting: Setting): number {
    let at = y;
    for (const line of this.lines(text, setting)) {
      this.draw(line, x, at, setting);
      at += setting.size * LEADING;
    }
    return at;
  }
  /** As `set`, line by line, so that the caller can turn the page. */
  *setting(text: string, setting: Setting): Generator<{ readonly height: number; draw(x: number, y: number): void }> {
    for (const line of this.lines(text, setting))
      yield { height: setting.size * LEADING, draw: (x, y) => this.draw(line, x, y, setting) };
  }

  private draw({ pieces, width, indent }: SetLine, x: number, y: number, setting: Setting): void {
    const rest = setting.width - width - indent;
    let at = x + indent + (setting.align === 'center' ? rest / 2 : setting.align === 'right' ? rest : 0);
    this.document.fillColor(setting.colour ?? '#000000');
    for (const { text, face, width: advance } of runsOf(pieces)) {
      this.document.font(face).fontSize(setting.size).text(text, at, y, { lineBreak: false });
      at += advance;
    }
  }

  private lines(text: string, setting: Setting): readonly SetLine[] {
    return printable(text)
      .split('\n')
      .flatMap((paragraph) => this.broken(paragraph, setting));
  }
  private broken(text: string, setting: Setting): readonly SetLine[] {
    const lines: SetLine[] = [];
    let [pieces, width, indent]: [Piece[], number, number] = [[], 0, setting.indent ?? 0];
    for (const piece of this.piecesOf(text, setting)) {
      const full = indent + width + piece.width > setting.width && pieces.length > 0 && !CLOSING.test(piece.text);
      if (full) {
        lines.push({ pieces, width, indent });
        [pieces, width, indent] = [[], 0, 0];
        if (piece.text === ' ') continue;
      }
      pieces.push(piece);
      width += piece.width;
    }
    return [...lines, { pieces, width, indent }];
  }

  /** Words of Latin letters, and every other character by itself. */
  private piecesOf(text: string, { size, weight = 400, width }: Setting): readonly Piece[] {
    return [...text.matchAll(/[!-~\u00c0-\u024f]+|./gsu)].flatMap(([word]) => {
      const pieces = [...word].map((character) => this.pieceOf(character, size, weight));
      const whole = runsOf(pieces).map(({ text: run, face }) => ({
        text: run,
        face,
        width: this.measure(run, face, size),
      }));
      const [only, ...more] = whole;
      return only && more.length === 0 && only.width <= width ? [only] : pieces;
    });
  }
  private pieceOf(character: string, size: number, weight: Weight): Piece {
    const face = this.faces.faceFor(character, weight);
    if (face === undefined) return this.named(character, size, weight);
    return { text: character, face, width: this.measure(character, face, size) };
  }
  /** A character that the font lacks stands as its number, so that nobody reads a name without it: 〔U+20BB7〕. */
  private named(character: string, size: number, weight: Weight): Piece {
    const text = `〔U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}〕`;
    const face = this.faces.faceFor('〔', weight);
    if (face === undefined) throw new Error('the font lacks 〔');
    this.lacks = true;
    return { text, face, width: this.measure(text, face, size) };
  }
  private measure(text: string, face: string, size: number): number {
    return this.document.font(face).fontSize(size).widthOfString(text);
  }
}

/** Neighbours from one file are set together, so that the text can be copied whole. */
function runsOf(pieces: readonly Piece[]): readonly Piece[] {
  const runs: Piece[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last?.face === piece.face)
      runs[runs.length - 1] = { ...last, text: last.text + piece.text, width: last.width + piece.width };
    else runs.push(piece);
  }
  return runs;
}
