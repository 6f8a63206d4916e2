import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './engine';
import { outputOf } from './processes';

/** A certificate for this machine that is its own authority, made once: `certificate.pem`, and with its key `server.pem`. */
export function makeCertificate(folder: string): {
  readonly authority: string;
  readonly server: string;
  readonly key: string;
} {
  const [authority, key, server] = ['certificate.pem', 'key.pem', 'server.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  if (existsSync(server)) return { authority, server, key };
  try {
    outputOf('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '365', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', authority],
    ]);
  } catch (error) {
    throw new CannotStart('--secure makes its certificate by openssl (3.0 or newer), which does not run here.', {
      cause: error,
    });
  }
  chmodSync(key, 0o600);
  writeFileSync(server, readFileSync(key, 'utf8') + readFileSync(authority, 'utf8'), { mode: 0o600 });
  return { authority, server, key };
}
