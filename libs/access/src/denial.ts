/**
 * An answer that is no to someone who may be anyone. What went wrong stays inside (audit, metrics); outside, the caller
 * throws one `Refusal` with this one message, so that nobody learns which accounts or keys exist.
 */
export interface Denial<Code extends string = string> {
  /** For us; never sent out. */
  readonly denied: Code;
  /** For the person asking, in Chinese. */
  readonly message: string;
}

export function isDenial(answer: object): answer is Denial {
  return 'denied' in answer && typeof answer.denied === 'string';
}
