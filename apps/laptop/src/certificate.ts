import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { addDays } from '@chuanyu/reference';
import { bits, context, flag, integer, name, objectId, octets, pem, sequence, text, utcTime } from './der';

/** A certificate and its key, both PEM; X.509 version 3 (RFC 5280) with ECDSA on P-256. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}
const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

/** Whom both sides of a province's connections believe. `now` is an instant (ISO 8601). */
export const makeAuthority = (commonName: string, now: string): Identity => {
  const { privateKey, publicKey } = newKeys();
  const certificate = certify(
    { subject: commonName, publicKey, extensions: [extension('2.5.29.19', sequence(flag(true)), true)] },
    { issuer: commonName, privateKey },
    now,
  );
  return { certificate, key: pemOf(privateKey) };
};

/** For a server that is found by these names and addresses. */
export const makeServer = (
  commonName: string,
  hosts: readonly string[],
  authority: { readonly commonName: string } & Identity,
  now: string,
): Identity => {
  const { privateKey, publicKey } = newKeys();
  const alternatives = sequence(...hosts.map((host) => (isIP(host) === 4 ? address(host) : context(2, text(host)))));
  const certificate = certify(
    { subject: commonName, publicKey, extensions: [extension('2.5.29.17', alternatives, false)] },
    { issuer: authority.commonName, privateKey: createPrivateKey(authority.key) },
    now,
  );
  return { certificate, key: pemOf(privateKey) };
};

interface Subject {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}
const certify = (
  { subject, publicKey, extensions }: Subject,
  { issuer, privateKey }: { readonly issuer: string; readonly privateKey: KeyObject },
  now: string,
): string => {
  const day = now.slice(0, 10);
  const signed = sequence(
    context(0, integer(Buffer.of(2))),
    serialNumber(),
    ECDSA_WITH_SHA256,
    name(issuer),
    // From yesterday, for clocks that are a little behind.
    sequence(utcTime(addDays(day, -1)), utcTime(addDays(day, 400))),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions)),
  );
  return pem('CERTIFICATE', sequence(signed, ECDSA_WITH_SHA256, bits(sign('sha256', signed, privateKey))));
};
const extension = (id: string, value: Buffer, isCritical: boolean): Buffer =>
  sequence(objectId(id), ...(isCritical ? [flag(true)] : []), octets(value));
const address = (host: string): Buffer => context(7, Buffer.from(host.split('.').map(Number)));

/** Begins neither with a sign nor with zeros. */
const serialNumber = (): Buffer => integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)]));
const newKeys = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
};
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
