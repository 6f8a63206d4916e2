import { openFolder } from './folder';
import { openGridFs } from './gridfs';
import type { FileStore } from './port';

/** A folder's path, or the address of a MongoDB. */
export const openFileStore = (place: string): Promise<FileStore> =>
  /^mongodb(\+srv)?:\/\//.test(place) ? openGridFs(place) : openFolder(place);
