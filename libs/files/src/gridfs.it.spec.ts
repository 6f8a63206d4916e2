import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Unavailable } from '@chuanyu/collections';
import { MongoDbServer, noMongoDb } from '@chuanyu/testing/engines';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { mongo } from 'mongoose';
import { fileStoreContract } from './contract-suite';
import { openGridFs } from './gridfs';

const address = process.env['CHUANYU_TEST_MONGODB'];
const reason = address === undefined ? 'CHUANYU_TEST_MONGODB names no MongoDB' : undefined;

describeOrSkip('GridFS', reason, () => {
  fileStoreContract('GridFS', async () => {
    const uri = new URL(address ?? '');
    uri.pathname = `/files-${randomUUID()}`;
    const store = await openGridFs(uri.href);
    const client = await new mongo.MongoClient(uri.href).connect();
    const opened = [store];
    return {
      store,
      reopen: async () => {
        const again = await openGridFs(uri.href);
        opened.push(again);
        return again;
      },
      count: () => client.db().collection('files.files').countDocuments(),
      dispose: async () => {
        await client.db().dropDatabase();
        await client.close();
        for (const each of opened) await each.close();
      },
    };
  });
});

const noServerOfOurOwn = address ? noMongoDb() : 'kills a server of its own: eval "$(script/engines start)" first';
describeOrSkip('GridFS that fails', noServerOfOurOwn, () => {
  test('is Unavailable for everything that is asked, also in the middle of a content, and answers again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gridfs-'));
    const server = new MongoDbServer(folder);
    await server.start();
    try {
      const store = await openGridFs(server.address('faults'));
      // More than the database gives in one answer.
      const bytes = Buffer.alloc(40_000_000, 'a');
      const { hash } = await store.put(Readable.from([bytes]), bytes.length);
      const reading = (await store.read(hash)).iterator();
      await reading.next();
      const kept = await store.put(Readable.from([Buffer.from('b')]), 1);
      await server.kill();
      const rest = async (): Promise<void> => {
        while (!(await reading.next()).done);
      };
      const putting = store.put(Readable.from([Buffer.from('c')]), 1);
      const calls = [rest(), store.stat(hash), store.read(hash), store.remove(kept.hash), putting];
      for (const call of await Promise.allSettled(calls))
        expect(call).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
      await server.start();
      expect((await buffer(await store.read(hash))).equals(bytes)).toBe(true);
      expect(await store.stat(kept.hash)).toEqual(kept);
      await store.close();
    } finally {
      await server.kill();
      await rm(folder, { recursive: true });
    }
  }, 180_000);
});
