import { threeProvinces, twoProvinces } from '@chuanyu/reference';
import sichuanAndChongqing from './data/officers.json';
import guizhou from './data/officers-guizhou.json';
import { Officers, readOfficers } from './officers';

/** Made-up persons in the units of `twoProvinces`, for development, demonstration and tests. */
export const officersOfTwo = new Officers(twoProvinces, readOfficers(sichuanAndChongqing));

/** With those of Guizhou, in the units of `threeProvinces`. */
export const officersOfThree = new Officers(threeProvinces, readOfficers(sichuanAndChongqing), readOfficers(guizhou));
