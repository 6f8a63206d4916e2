/** The last code point, which is no character: nobody's data holds it, and where it does, it is escaped as well. */
const ESCAPE = '\u{10ffff}';

/** Engines keep UTF-8, which has no lone surrogates: unescaped, all of them would become the same replacement character. */
export function toText(text: string): string {
  if (text.isWellFormed() && !text.includes(ESCAPE)) return text;
  return text.replace(/[\u{10ffff}\p{Surrogate}]/gu, (character) => {
    return `${ESCAPE}${(character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`;
  });
}

export function fromText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(/\u{10ffff}([0-9a-f]{6})/gu, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
