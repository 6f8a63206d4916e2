import { faultsOf, type Fault } from './fault';
import { checkLine, lengthOf, type TextFault } from './text';

export type FileNameFault = TextFault | 'path' | 'no-extension';
const fileNameFault = faultsOf<'path' | 'no-extension'>({
  path: '文件名不得含有 / \\ : * ? " < > |，也不得以点开头或结尾',
  'no-extension': '文件名应当带扩展名，如 评估表.pdf',
});

/** Code points of a file's name: with it a path stays below what every office program opens. */
export const LONGEST_FILE_NAME = 120;
const FORBIDDEN = /[/\\:*?"<>|]/;
const EXTENSION = /\.([A-Za-z0-9]{1,8})$/;

/** What is wrong with the name of a file, the first fault found; undefined where it names a file and no place. */
export function checkFileName(name: string): Fault<FileNameFault> | undefined {
  const fault = checkLine(name, { max: LONGEST_FILE_NAME });
  if (fault) return fault;
  if (FORBIDDEN.test(name) || name.startsWith('.') || name.endsWith('.')) return fileNameFault('path');
  return EXTENSION.test(name) ? undefined : fileNameFault('no-extension');
}

/** `pdf` of `评估表.PDF`; empty where there is none. */
export function extensionOf(name: string): string {
  return EXTENSION.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** A name as a stranger gave it, without the folders before it and without what would hide its ending; it may still have faults. */
export function cleanFileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const seen = last
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\uFFFD]/gu, '')
    .replaceAll(new RegExp(FORBIDDEN, 'g'), '_')
    .trim()
    .replace(/^\.+/, '')
    .trim();
  const ending = EXTENSION.exec(seen)?.[0] ?? '';
  const stem = [...seen.slice(0, seen.length - ending.length)];
  return `${stem
    .slice(0, LONGEST_FILE_NAME - lengthOf(ending))
    .join('')
    .trimEnd()}${ending}`;
}
