/**
 * Why something that came from across the border, or a key announced from there, is not accepted.
 * The code is stable (quarantine, audit and alarms are keyed by it); the sentence is for the person who looks.
 * `waits`: what is missing may still arrive (a key that is announced on another topic), so the record is better
 * held and tried again than set aside for good.
 */
const faults = {
  'bad-form': [false, '报文或签名的格式不符合约定'],
  'too-large': [false, '报文超过允许的大小'],
  'unknown-key': [true, '签名密钥未登记，可能是对方新密钥的公告尚未送达'],
  'wrong-province': [false, '签名密钥不属于所称的省（市）'],
  'not-yet-valid': [false, '签名时该密钥尚未启用'],
  'expired-key': [false, '签名密钥已过期'],
  revoked: [false, '签名密钥已吊销，且没有吊销之前的回执可以证明'],
  'bad-signature': [false, '签名与内容不符'],
  'unknown-sealing-key': [true, '加密所用的本方密钥不在密钥库中'],
  'expired-sealing-key': [false, '加密所用的本方密钥已过期'],
  tampered: [false, '密文无法通过完整性校验，可能被改动'],
  'wrong-context': [false, '密文属于另一发送方、接收方或主题，可能是重放'],
  misaddressed: [false, '封内报文的收发双方与信封不一致'],
  'conflicting-key': [false, '公告的密钥与已登记的同一密钥不一致'],
} as const satisfies Record<string, readonly [waits: boolean, title: string]>;

export type CrossingFaultCode = keyof typeof faults;

export interface CrossingFault {
  readonly code: CrossingFaultCode;
  /** One sentence in Chinese. */
  readonly title: string;
  readonly waits: boolean;
}

/** Either what was asked for, or the one reason why not. */
export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly fault: CrossingFault };

/** Whether a code found in a quarantined record is one of these. */
export const isCrossingFaultCode = (code: string): code is CrossingFaultCode => Object.hasOwn(faults, code);

export const crossingFault = (code: CrossingFaultCode): CrossingFault => {
  const [waits, title] = faults[code];
  return { code, title, waits };
};

export const refuse = (code: CrossingFaultCode): { readonly ok: false; readonly fault: CrossingFault } => ({
  ok: false,
  fault: crossingFault(code),
});

const sentences = {
  'no-signing-key': 'no own key signs at this time: rotate, or correct the clock',
  'no-sealing-key': 'the pairing holds no encryption key of that province which is in use now',
  'next-exists': 'a next key is already waiting to take over',
  gap: 'the next key must take over between now and the time until which the present one signs',
} as const;

/** Thrown on our own side, where keys that should be there are not; nothing has left the house. */
export class KeyError extends Error {
  constructor(
    readonly code: keyof typeof sentences,
    readonly about: string,
  ) {
    super(`${code} (${about}): ${sentences[code]}`);
    this.name = 'KeyError';
  }
}
