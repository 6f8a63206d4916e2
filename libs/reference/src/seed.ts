import sichuanAndChongqing from './data/directory.json';
import guizhou from './data/directory-guizhou.json';
import { Directory, readDirectory } from './units';

/** Sichuan and Chongqing, for development, demonstration and tests: the agencies are real, their division into units ours. */
export const twoProvinces = new Directory(readDirectory(sichuanAndChongqing));

/** With Guizhou as a third. */
export const threeProvinces = new Directory(readDirectory(sichuanAndChongqing), readDirectory(guizhou));
