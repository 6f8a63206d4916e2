import { sha256 } from '@chuanyu/contracts';

/** Crockford's alphabet: nothing in it is taken for something else when it is read out or typed off paper. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS = 64;

/** 64 bits of an unguessable value, in 13 characters of base32: what a certificate carries beside its number. */
export const codeOf = (unguessable: string): string => {
  let left = BigInt(`0x${sha256(unguessable).slice(0, BITS / 4)}`);
  let code = '';
  for (let n = 0; n < Math.ceil(BITS / 5); n++) {
    code = alphabet.charAt(Number(left & 31n)) + code;
    left >>= 5n;
  }
  return code;
};
