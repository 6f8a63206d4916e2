import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { orUnavailable } from '@chuanyu/collections/mongodb';
import { answerOf } from '@chuanyu/contracts';
import { mongo } from 'mongoose';
import { isHash, Measured } from './measured';
import { NoSuchFile, type FileStore, type Judge, type KeptFile, type ReadContent } from './port';

const HALF = 'half ';
const DAY = 86_400_000;

/**
 * Contents in MongoDB by GridFS, the file name being the hash. While a content arrives it is called something that no
 * hash is; it gets its name in one write when all of it is there. Acknowledged by a majority, in its journal.
 */
class GridFs implements FileStore {
  constructor(
    private readonly client: mongo.MongoClient,
    private readonly bucket: mongo.GridFSBucket,
  ) {}

  async put(content: Readable, limit: number, judge?: Judge): Promise<KeptFile> {
    const measured = new Measured(limit);
    const upload = this.bucket.openUploadStream(HALF + randomUUID());
    try {
      await asked(pipeline(content, measured, upload));
      await judge?.(measured.file, (range) => Promise.resolve(this.readFrom(upload.id, measured.file.size, range)));
    } catch (error) {
      await this.drop(upload.id);
      throw error;
    }
    const { file } = measured;
    if (await this.find(file.hash)) await this.drop(upload.id);
    else await asked(this.bucket.rename(upload.id, file.hash));
    await this.keepOne(file.hash);
    return file;
  }
  async stat(hash: string): Promise<KeptFile | undefined> {
    const found = await this.find(hash);
    return found && { hash, size: found.length };
  }
  async read(hash: string, range?: Parameters<ReadContent>[0]): Promise<Readable> {
    const found = await this.find(hash);
    if (!found) throw new NoSuchFile(hash);
    return this.readFrom(found._id, found.length, range);
  }
  async remove(hash: string): Promise<void> {
    if (!isHash(hash)) return;
    for (const { _id } of await asked(this.bucket.find({ filename: hash }).toArray())) await this.drop(_id);
  }
  async close(): Promise<void> {
    await this.client.close();
  }

  private readFrom(id: mongo.ObjectId, size: number, range: Parameters<ReadContent>[0]): Readable {
    const start = Math.min(range?.from ?? 0, size);
    const end = Math.min(start + (range?.length ?? size), size);
    return Readable.from(answered(this.bucket.openDownloadStream(id, { start, end })), { objectMode: false });
  }
  private async find(hash: string): Promise<mongo.GridFSFile | undefined> {
    if (!isHash(hash)) return undefined;
    const [found] = await asked(this.bucket.find({ filename: hash }, { sort: { _id: 1 }, limit: 1 }).toArray());
    return found;
  }
  /** Two who stored the same content at once: the older one stays. */
  private async keepOne(hash: string): Promise<void> {
    const [, ...others] = await asked(this.bucket.find({ filename: hash }, { sort: { _id: 1 } }).toArray());
    for (const { _id } of others) await this.drop(_id);
  }
  private async drop(id: mongo.ObjectId): Promise<void> {
    await asked(this.bucket.delete(id)).catch((error: unknown) => {
      // It was never there, or another process was quicker.
      if (!(error instanceof mongo.MongoRuntimeError)) throw error;
    });
  }
  /** What a process that was killed left half written goes after a day, by the database's ids. */
  async tidy(): Promise<void> {
    const probe = new mongo.ObjectId().getTimestamp().getTime();
    const halves = await this.bucket.find({ filename: { $gte: HALF, $lt: 'half!' } }).toArray();
    for (const { _id } of halves) if (probe - _id.getTimestamp().getTime() > DAY) await this.drop(_id);
  }
}

/** The database's time, and where it does not answer, its fault. */
const asked = <T>(answer: Promise<T>): Promise<T> =>
  answerOf(
    answer.catch((error: unknown) => {
      throw orUnavailable(error);
    }),
  );
async function* answered(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (error) {
    throw orUnavailable(error);
  }
}

/** `mongodb://host:port/database`; the contents lie in the bucket `files`. */
export const openGridFs = async (uri: string): Promise<FileStore> => {
  const client = await new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 5000 }).connect();
  const bucket = new mongo.GridFSBucket(client.db(), {
    bucketName: 'files',
    writeConcern: { w: 'majority', journal: true },
  });
  const store = new GridFs(client, bucket);
  await store.tidy();
  return store;
};
