import { createPrivateKey, X509Certificate } from 'node:crypto';
import { makeAuthority, makeServer } from './certificate';

const NOW = '2026-11-25T08:00:00.000Z';
const authority = { ...makeAuthority('川 test', NOW), commonName: '川 test' };
const certificate = new X509Certificate(authority.certificate);

describe('A certificate', () => {
  const made = makeServer('broker', ['kafka', 'kafka.sichuan', '127.0.0.1'], authority, NOW);
  const server = new X509Certificate(made.certificate);

  it('is vouched for by its authority and by nobody else', () => {
    expect(server.verify(certificate.publicKey)).toBe(true);
    expect(server.checkIssued(certificate)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(server.verify(new X509Certificate(makeAuthority('川 test', NOW).certificate).publicKey)).toBe(false);
  });
  it('is of an authority, or of a server', () => {
    expect([certificate.ca, server.ca]).toEqual([true, false]);
    expect(server.subject).toBe('CN=broker');
  });
  it('holds for the hosts that it names', () => {
    expect(server.checkHost('kafka.sichuan')).toBe('kafka.sichuan');
    expect(server.checkHost('kafka.chongqing')).toBeUndefined();
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });
  it('holds for a year and some weeks', () => {
    expect(new Date(server.validFrom).toISOString()).toBe('2026-11-24T00:00:00.000Z');
    expect(new Date(server.validTo).toISOString()).toBe('2027-12-30T00:00:00.000Z');
  });
  it('belongs to its key', () => {
    expect(server.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
  });
});
