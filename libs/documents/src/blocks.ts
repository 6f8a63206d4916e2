/** What stands in a document, from top to bottom; the same for a PDF and for a word processor. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string; /** 1 unless said. */ readonly level?: 1 | 2 }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** What is said of one thing, a line each: 姓名 | 张三. */
  | { readonly kind: 'facts'; readonly lines: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly {
        readonly title: string;
        /** Of the page's width, in proportion. */ readonly width: number;
      }[];
      readonly rows: readonly (readonly string[])[];
    };
export interface Line {
  readonly label: string;
  readonly text: string;
}

export interface Written {
  readonly title: string;
  /** The document's number, or the unit that speaks: under the title. */
  readonly subtitle?: string;
  readonly blocks: readonly Block[];
  /** Who issues it and when, at the end on the right: 四川省律师协会, 2026年12月1日. */
  readonly signature?: { readonly by: string; readonly on: string };
  /** The instant that the file names as its making: the same content and instant give the same bytes. */
  readonly at: string;
}

/** What neither XML nor a printed page can carry is dropped; a line break stays. */
export function printable(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n]|[\uFFFE\uFFFF]/gu, '');
}
