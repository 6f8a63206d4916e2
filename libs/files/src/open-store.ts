import { openFolder } from './folder';
import type { FileStore } from './port';

/** A folder's path, or the address of a MongoDB, whose driver is loaded only then. */
export const openFileStore = async (place: string): Promise<FileStore> =>
  /^mongodb(\+srv)?:\/\//.test(place) ? (await import('@chuanyu/files/gridfs')).openGridFs(place) : openFolder(place);
