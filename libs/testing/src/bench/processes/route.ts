import { openSqlite } from '@chuanyu/collections';
import { startBareRoute, type Inserted } from '../bare/route';
import { serve } from './answering';

serve(async ({ file }: { readonly file: string }) => {
  const database = await openSqlite({ file });
  const app = await startBareRoute(await database.collection<Inserted>({ name: 'bare', fields: [], sets: {} }));
  return {
    ready: await app.getUrl(),
    stop: async () => {
      await app.close();
      await database.close();
    },
  };
});
