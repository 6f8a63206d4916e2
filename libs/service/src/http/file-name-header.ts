import { Refusal } from '@chuanyu/contracts';

const bad = (): Refusal =>
  new Refusal(
    'bad-request',
    "须带 Content-Disposition 请求头写明文件名，如 attachment; filename*=UTF-8''%E8%AF%84.pdf（百分号编码）",
    { errors: [{ pointer: '', rule: 'content-disposition', detail: 'Content-Disposition' }] },
    'Content-Disposition must name the file, percent-encoded (RFC 8187)',
  );
const EXTENDED = /(?:^|;)\s*filename\*\s*=\s*UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]{1,2000})\s*(?:;|$)/i;
const PLAIN = /(?:^|;)\s*filename\s*=\s*(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,500})"|([\w.+-]{1,500}))\s*(?:;|$)/i;

/** The name in `Content-Disposition` (RFC 6266, RFC 8187): the extended one first. Throws a `Refusal` where there is none. */
export const fileNameIn = (header: unknown): string => {
  if (typeof header !== 'string') throw bad();
  const extended = EXTENDED.exec(header)?.[1];
  if (extended === undefined) {
    const [, quoted, token] = PLAIN.exec(header) ?? [];
    const plain = quoted ?? token;
    if (plain === undefined) throw bad();
    return plain;
  }
  try {
    return decodeURIComponent(extended);
  } catch {
    throw bad();
  }
};

/** How a file is offered for saving under its name: never to be shown by the browser itself. */
export const asAttachment = (name: string): string => {
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  return `attachment; filename="attachment${ending}"; filename*=UTF-8''${encoded}`;
};
