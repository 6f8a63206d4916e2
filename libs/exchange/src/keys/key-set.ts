import { refuse, type Outcome } from './faults';
import type { PublicKey } from './public-key';

/** Whose keys they are: `issuer` is the name under which a province signs (`Province.issuer`). */
export interface KeyHolder {
  readonly province: string;
  readonly issuer: string;
  readonly keys: readonly PublicKey[];
}

/** Keys that may verify something: a pairing is one; so is `{peers: [...pairing.peers, {province, issuer, keys: keyring.publicKeys()}]}`, which knows our own as well. */
export interface KeySet {
  readonly peers: readonly KeyHolder[];
}

export interface Judged {
  /** Who is said to have signed. Unless said, any holder's key will do. */
  readonly issuer?: string;
  /** When it was signed, as the signer says; `at` unless said. */
  readonly signedAt?: string;
  /** The instant of a receipt, given by someone else than the key's owner, which proves that the signed thing existed then. */
  readonly provenBefore?: string;
}

/**
 * The signing key `kid`, if what it signed is to be believed at the instant `at`:
 * - `unknown-key`, or `wrong-province` where it is another holder's than `issuer`'s;
 * - `not-yet-valid`: signed before the key was in use;
 * - `expired-key`: signed when the key signed no more, or `at` is not before `verifiesUntil`;
 * - `revoked`: whatever the signer says about the time is worth nothing then, since whoever stole the key can write
 *   any time into it. Only `provenBefore` an instant before the revocation counts.
 */
export const verifyingKey = (
  { peers }: KeySet,
  kid: string,
  at: string,
  { issuer, signedAt, provenBefore }: Judged = {},
): Outcome<{ readonly key: PublicKey }> => {
  for (const holder of peers) {
    const key = holder.keys.find((one) => one.kid === kid);
    if (key === undefined || key.use !== 'sig') continue;
    if (issuer !== undefined && holder.issuer !== issuer) return refuse('wrong-province');
    if (key.revokedFrom !== undefined && !(provenBefore !== undefined && provenBefore < key.revokedFrom))
      return refuse('revoked');
    if ((signedAt ?? at) < key.signsFrom) return refuse('not-yet-valid');
    if (signedAt !== undefined && signedAt >= key.signsUntil) return refuse('expired-key');
    if ((provenBefore ?? at) >= key.verifiesUntil) return refuse('expired-key');
    return { ok: true, key };
  }
  return refuse('unknown-key');
};
