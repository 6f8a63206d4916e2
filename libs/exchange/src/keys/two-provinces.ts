import type { Json } from '@chuanyu/contracts';
import { FixedClock } from '@chuanyu/reference';
import {
  exportOwn,
  generateKeys,
  noPeers,
  Opener,
  pair,
  Sealer,
  type Keyring,
  type Lifetime,
  type Outcome,
  type Pairing,
} from './index';
import { isRecord } from './statement';

/** For the specs: 四川 and 重庆, paired, with everything that each of them needs to send and to receive. */

export const NOW = '2026-11-23T01:12:09.120Z';
export const TOPIC = 'sichuan.chongqing.prison';
export const CONTEXT = { from: 'sichuan', to: 'chongqing', topic: TOPIC };

export const issuerOf = (province: string) => `https://${province}.example`;

/** What a file or the border would make of it. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const exported = (keyring: Keyring, province: string, now = NOW) =>
  exportOwn(keyring, { province, issuer: issuerOf(province), addresses: [`log.${province}.example:9092`] }, now);

/** The JSON object that a text holds. */
export const recordIn = (text: string): { readonly [name: string]: unknown } => {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error('no object');
  return value;
};

/** What the protected header of a JWS or a JWE says. */
export const headerIn = (compact: string) => recordIn(Buffer.from(compact.split('.')[0] ?? '', 'base64url').toString());

/** Adds the other side to a pairing, the fingerprint having been heard. */
export const paired = async (keyring: Keyring, province: string, mine: Pairing = noPeers): Promise<Pairing> => {
  const theirs = exported(keyring, province);
  const result = await pair(mine, asJson(theirs), theirs.fingerprint);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.pairing;
};

export interface Side {
  keyring: Keyring;
  pairing: Pairing;
  readonly clock: FixedClock;
  readonly sealer: Sealer;
  readonly opener: Opener;
}

export const twoProvinces = async (validity?: Lifetime): Promise<{ sichuan: Side; chongqing: Side }> => {
  const options = validity === undefined ? {} : { validity };
  const [ours, theirs] = [await generateKeys(NOW, options), await generateKeys(NOW, options)];
  const sideOf = (keyring: Keyring, pairing: Pairing): Side => {
    const clock = new FixedClock(Date.parse(NOW));
    const side: Side = {
      keyring,
      pairing,
      clock,
      sealer: new Sealer(() => side.pairing, clock),
      opener: new Opener(() => side.keyring, clock),
    };
    return side;
  };
  return {
    sichuan: sideOf(ours, await paired(theirs, 'chongqing')),
    chongqing: sideOf(theirs, await paired(ours, 'sichuan')),
  };
};

/** The fault's code, or `ok`: what most expectations are about. */
export const codeOf = (outcome: Outcome<object>): string => (outcome.ok ? 'ok' : outcome.fault.code);

/** Every text that differs from this one in one character, by another character of the base64url alphabet or a full stop. */
export const flips = function* (text: string): Generator<string> {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let at = 0; at < text.length; at += 1) {
    const place = alphabet.indexOf(text.charAt(at));
    // The neighbour in the alphabet differs in the lowest bit: the one that a careless decoder drops at the end of a part.
    const other = place < 0 ? 'A' : alphabet.charAt(place ^ 1);
    yield text.slice(0, at) + other + text.slice(at + 1);
  }
};

export const anEvent: Json = {
  specversion: '1.0',
  id: '5f1c/3',
  type: 'prison.release-handover.verify.v1',
  time: NOW,
  data: { form: { result: '属实', familyWilling: true, distance: 12.5 }, ask: null },
};
