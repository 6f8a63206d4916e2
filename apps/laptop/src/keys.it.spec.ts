import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, connect } from 'node:tls';
import { once } from 'node:events';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { makeKeys } from './keys';

describe('Keys of a laptop', () => {
  let folder: string;
  const make = () => makeKeys({ folder, directory: twoProvinces, clock: realTime });
  const files = () => globSync('**', { cwd: folder, withFileTypes: true }).filter((each) => each.isFile());
  const textOf = (path: string) => readFileSync(join(folder, path), 'utf8');
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chuanyu-keys-'));
    await make();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are for their owner alone', () => {
    expect(files().length).toBeGreaterThan(100);
    const open = files().filter((file) => (statSync(join(file.parentPath, file.name)).mode & 0o077) !== 0);
    expect(open.map(({ name }) => name)).toEqual([]);
  });
  it('stay when they are made again, and a folder that is missing is made', async () => {
    const all = () =>
      Object.fromEntries(
        files().map((file) => [
          join(file.parentPath, file.name),
          readFileSync(join(file.parentPath, file.name), 'utf8'),
        ]),
      );
    const before = all();
    rmSync(join(folder, 'sichuan/lawyer'), { recursive: true });
    await make();
    expect(all()).toEqual(before);
  });
  it('open a connection to a server of their province, and to none of another', async () => {
    const pem = textOf('sichuan/kafka/server.pem');
    const server = createServer({ key: pem, cert: pem }, (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const reach = async (province: string, servername: string): Promise<string> => {
      const socket = connect({ host: '127.0.0.1', port, servername, ca: textOf(`${province}/prison/authority.pem`) });
      try {
        await once(socket, 'secureConnect');
        return 'reached';
      } catch (error) {
        return String(error);
      } finally {
        socket.destroy();
      }
    };
    try {
      expect(await reach('sichuan', 'kafka')).toBe('reached');
      expect(await reach('sichuan', 'kafka.sichuan')).toBe('reached');
      expect(await reach('sichuan', 'mongodb')).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(await reach('chongqing', 'kafka')).toMatch(/certificate/);
    } finally {
      server.close();
    }
  });
});
