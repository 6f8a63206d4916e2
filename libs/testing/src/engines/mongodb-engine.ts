import type { Engine, Variables } from './engine';
import { MongoDbServer } from './mongodb-server';

/** MongoDB for one province. */
export function mongoDbEngine(province: string, say: (line: string) => void): Engine {
  const settings = (server: MongoDbServer): Variables => ({ CHUANYU_MONGODB: server.address(province) });
  return {
    name: 'mongodb',
    async start(folder, { secure, port }) {
      const server = new MongoDbServer(folder);
      await server.start({ secure, say, ...(port !== undefined && { port }) });
      return settings(server);
    },
    stop: (folder) => new MongoDbServer(folder).stop(),
    async status(folder) {
      const server = new MongoDbServer(folder);
      return server.isUp() ? settings(server) : undefined;
    },
  };
}
