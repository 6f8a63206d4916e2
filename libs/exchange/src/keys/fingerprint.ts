import { createHash } from 'node:crypto';
import type { StatedKey } from './public-key';
import { statedKey, type PublicKey } from './public-key';
import { canonicalBytes } from './statement';

/**
 * What the two liaison offices read to each other over the telephone: twelve groups of five digits, such as
 * `90210 48377 …`, since digits are heard alike in every dialect where hexadecimal letters are not.
 *
 * SHA-256 over the canonical JSON (RFC 8785) of the array of stated keys ordered by kid (public JWK and validity,
 * without status, so that a revocation does not change it), taken as one number modulo 10⁶⁰, padded with zeros.
 * 199 bits: nobody finds other keys with the same fingerprint.
 */
export const fingerprint = (keys: readonly (StatedKey | PublicKey)[]): string => {
  const ordered = keys.map(statedKey).sort((a, b) => (a.kid < b.kid ? -1 : 1));
  const hash = createHash('sha256')
    .update(canonicalBytes(ordered.map((key) => ({ ...key }))))
    .digest('hex');
  const digits = (BigInt(`0x${hash}`) % 10n ** 60n).toString().padStart(60, '0');
  return (digits.match(/.{5}/g) ?? []).join(' ');
};

/** However it was written down: only the digits count. */
export const sameFingerprint = (one: string, other: string): boolean => {
  const digits = (text: string) => text.normalize('NFKC').replace(/\D/g, '');
  return digits(one).length === 60 && digits(one) === digits(other);
};
