import PDFDocument from 'pdfkit';
import { create } from 'qrcode';
import { type Block, printable, type Written } from './blocks';
import { Faces } from './faces';
import { type Setting, Typesetting } from './typesetting';

export interface Printed extends Written {
  /** A QR code at the end on the left, and what is said beside it. */
  readonly code?: { readonly content: string; readonly lines: readonly string[] };
  /** Smaller, at the foot of the last page. */
  readonly note?: string;
}

/** Millimetres in points. */
const mm = (millimetres: number): number => (millimetres / 25.4) * 72;
const [WIDTH, HEIGHT] = [mm(210), mm(297)];
const margin = { side: mm(26), top: mm(34), bottom: mm(30) };
const BODY = WIDTH - 2 * margin.side;
const [FRAME, RULE, GREY] = ['#8c1d18', '#9a9a9a', '#555555'];
const QR = mm(34);

/** A printed page: A4, framed, its font within. The same content and instant give the same bytes. */
export async function pdf(printed: Printed): Promise<Buffer> {
  const { title, at } = printed;
  const document = new PDFDocument({
    size: [WIDTH, HEIGHT],
    margin: 0,
    lang: 'zh-CN',
    displayTitle: true,
    info: { Title: printable(title), CreationDate: new Date(at), ModDate: new Date(at), Producer: '', Creator: '' },
    autoFirstPage: false,
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const whole = new Promise<Buffer>((resolve, reject) => {
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  new Sheets(document).write(printed);
  document.end();
  return whole;
}

class Sheets {
  private readonly type: Typesetting;
  private y = 0;
  constructor(private readonly document: PDFKit.PDFDocument) {
    this.type = new Typesetting(document, new Faces(document));
  }

  write({ title, subtitle, blocks, signature, code, note }: Printed): void {
    this.turn();
    this.flow(title, { size: 26, weight: 700, align: 'center' });
    if (subtitle !== undefined) this.flow(subtitle, { size: 12, align: 'center', colour: GREY });
    this.y += 18;
    for (const block of blocks) this.block(block);
    this.end(signature, code);
    const notes = [
      ...(note === undefined ? [] : [note]),
      ...(this.type.lacks ? ['〔U+…〕：印刷字库未收的字，以其统一码表示。'] : []),
    ];
    if (notes.length > 0)
      this.type.set(notes.join('　'), margin.side, HEIGHT - margin.bottom + 4, {
        size: 8,
        width: BODY,
        align: 'center',
        colour: GREY,
      });
  }

  private turn(): void {
    this.document.addPage();
    this.document
      .rect(mm(12), mm(12), WIDTH - mm(24), HEIGHT - mm(24))
      .lineWidth(1.6)
      .stroke(FRAME);
    this.document
      .rect(mm(14), mm(14), WIDTH - mm(28), HEIGHT - mm(28))
      .lineWidth(0.5)
      .stroke(FRAME);
    this.y = margin.top;
  }
  /** A new page where so much does not fit on this one. */
  private room(height: number): void {
    if (this.y + height > HEIGHT - margin.bottom) this.turn();
  }
  private flow(text: string, setting: Omit<Setting, 'width'>): void {
    for (const line of this.type.setting(text, { ...setting, width: BODY })) {
      this.room(line.height);
      line.draw(margin.side, this.y);
      this.y += line.height;
    }
  }

  private block(block: Block): void {
    switch (block.kind) {
      case 'heading':
        this.room(60);
        this.y += 6;
        return this.flow(block.text, { size: block.level === 2 ? 13 : 15, weight: 700 });
      case 'paragraph':
        for (const text of block.text.split('\n')) this.flow(text, { size: 12.5, indent: 25 });
        this.y += 8;
        return;
      case 'facts':
        for (const { label, text } of block.lines) this.row([label, text], [0.28, 0.72]);
        this.y += 16;
        return;
      case 'table': {
        const whole = block.columns.reduce((sum, { width }) => sum + width, 0);
        const shares = block.columns.map(({ width }) => width / whole);
        this.row(
          block.columns.map(({ title }) => title),
          shares,
          true,
        );
        for (const cells of block.rows) this.row(cells, shares);
        this.y += 16;
      }
    }
  }
  private row(cells: readonly string[], shares: readonly number[], head = false): void {
    const [pad, size] = [6, 11.5];
    const setting = (share: number, at: number): Setting => ({
      size,
      width: share * BODY - 2 * pad,
      weight: head || (shares.length === 2 && at === 0 && shares[0] === 0.28) ? 700 : 400,
    });
    const heights = shares.map((share, at) => this.type.heightOf(cells[at] ?? '', setting(share, at)));
    // What is higher than a page is cut off at its foot: a cell is no place for so much.
    const height = Math.max(...heights) + 2 * pad;
    this.room(height);
    let x = margin.side;
    for (const [at, share] of shares.entries()) {
      this.document
        .rect(x, this.y, share * BODY, height)
        .lineWidth(0.5)
        .stroke(RULE);
      this.type.set(cells[at] ?? '', x + pad, this.y + pad, setting(share, at));
      x += share * BODY;
    }
    this.y += height;
  }

  /** The code on the left, the unit and the date on the right of it, on one page. */
  private end(signature: Printed['signature'], code: Printed['code']): void {
    this.room(QR + 60);
    this.y += 14;
    const top = this.y;
    if (code) {
      this.drawCode(code.content, margin.side, top);
      let below = top + QR + 4;
      for (const line of code.lines)
        below = this.type.set(line, margin.side, below, { size: 8.5, width: BODY, colour: GREY });
    }
    if (!signature) return;
    const setting: Setting = { size: 13, width: BODY - QR - mm(8), align: 'right' };
    const x = margin.side + QR + mm(8);
    const next = this.type.set(signature.by, x, top + QR / 2 - 22, setting);
    this.type.set(signature.on, x, next + 2, setting);
  }
  /** As squares, sharp at any size; error correction M survives a stain. */
  private drawCode(content: string, x: number, y: number): void {
    const { modules } = create(content, { errorCorrectionLevel: 'M' });
    const side = QR / modules.size;
    for (let row = 0; row < modules.size; row++) {
      for (let column = 0; column < modules.size; column++) {
        if (modules.get(row, column)) this.document.rect(x + column * side, y + row * side, side, side);
      }
    }
    this.document.fill('#000000');
  }
}
