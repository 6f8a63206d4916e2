import { randomUUID } from 'node:crypto';
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
