import { randomUUID } from 'node:crypto';
import type { Clock, Province } from '@chuanyu/reference';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Denial } from './denial';

/** An Ed25519 key that verifies (RFC 8037), as JSON. */
export interface VerifyingKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  /** Its thumbprint, RFC 7638. */
  readonly kid: string;
  readonly x: string;
}
/** With its private part: a secret, kept by the gateway alone. */
export interface SigningKey extends VerifyingKey {
  readonly d: string;
}
/** What the services verify with: the present key, and the one before while its tokens live. */
export interface VerifyingKeys {
  readonly keys: readonly VerifyingKey[];
}

export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  if (x === undefined || d === undefined) throw new TypeError('the runtime exports no private Ed25519 key');
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x, d };
}

/** The key set to publish, without the private parts. */
export function verifyingKeys(...keys: readonly SigningKey[]): VerifyingKeys {
  return { keys: keys.map(({ kty, crv, alg, use, kid, x }) => ({ kty, crv, alg, use, kid, x })) };
}

/** Only the services of this province take the token. */
const audienceOf = (province: Province): string => `chuanyu:${province.id}`;

export interface IssuedToken {
  /** A signed JWT. */
  readonly token: string;
  /** Instant. */
  readonly expires: string;
}

/** Makes tokens for officers who have signed in. */
export class TokenIssuer {
  constructor(
    private readonly key: SigningKey,
    private readonly province: Province,
    /** Real time, whatever the platform's clock was moved to. */
    private readonly realTime: Clock,
    /** 1 to 1440; 60 unless said. */
    private readonly lifetimeMinutes = 60,
  ) {
    if (!(lifetimeMinutes >= 1 && lifetimeMinutes <= 1440)) throw new RangeError('a token lives 1 to 1440 minutes');
  }

  async issue(officer: string): Promise<IssuedToken> {
    const issued = Math.floor(this.realTime.millis() / 1000);
    const expires = issued + this.lifetimeMinutes * 60;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', kid: this.key.kid, typ: 'JWT' })
      .setIssuer(this.province.issuer)
      .setAudience(audienceOf(this.province))
      .setSubject(officer)
      .setJti(randomUUID())
      .setIssuedAt(issued)
      .setExpirationTime(expires)
      .sign(await importJWK(this.key, 'EdDSA'));
    return { token, expires: new Date(expires * 1000).toISOString() };
  }
}

export type TokenDenial =
  'malformed' | 'algorithm' | 'unknown-key' | 'signature' | 'issuer' | 'audience' | 'expired' | 'not-yet' | 'claims';

/** What a good token says. Whether the officer still acts, and for which unit, is looked up. */
export interface Bearer {
  /** The officer's id. */
  readonly officer: string;
  /** Of this token, to name it in the audit. */
  readonly token: string;
  /** Instant. */
  readonly expires: string;
}

const MESSAGE = '登录已失效，请重新登录';
const denial = (denied: TokenDenial): Denial<TokenDenial> => ({ denied, message: MESSAGE });
/** Ours have about 450 characters. */
const MAXIMUM_LENGTH = 4096;
/** Of the clocks of two machines of one province. */
const TOLERATED_SECONDS = 5;

/** Checks tokens: EdDSA only, this province's issuer and audience, not expired by real time. */
export class TokenVerifier {
  private readonly keyOf: ReturnType<typeof createLocalJWKSet>;

  constructor(
    keys: VerifyingKeys,
    private readonly province: Province,
    private readonly realTime: Clock,
  ) {
    this.keyOf = createLocalJWKSet({ keys: keys.keys.map((key) => ({ ...key })) });
  }

  async verify(token: string): Promise<Bearer | Denial<TokenDenial>> {
    if (token.length > MAXIMUM_LENGTH) return denial('malformed');
    const now = this.realTime.millis();
    try {
      const { payload } = await jwtVerify(token, this.keyOf, {
        algorithms: ['EdDSA'],
        issuer: this.province.issuer,
        audience: audienceOf(this.province),
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        currentDate: new Date(now),
        clockTolerance: TOLERATED_SECONDS,
      });
      const { sub, jti, iat, exp } = payload;
      if (typeof sub !== 'string' || typeof jti !== 'string' || iat === undefined || exp === undefined)
        return denial('claims');
      if (iat * 1000 > now + TOLERATED_SECONDS * 1000) return denial('not-yet');
      return { officer: sub, token: jti, expires: new Date(exp * 1000).toISOString() };
    } catch (error) {
      return denial(denialOf(error));
    }
  }
}

function denialOf(error: unknown): TokenDenial {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknown-key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed';
  switch (error.claim) {
    case 'iss':
      return 'issuer';
    case 'aud':
      return 'audience';
    case 'nbf':
      return 'not-yet';
    default:
      return 'claims';
  }
}
