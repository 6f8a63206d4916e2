/** What is wrong with a value. Never repeats the value: it may be a person's. */
export interface Fault<Code extends string = string> {
  /** Stable, English. */
  readonly code: Code;
  /** What an officer reads: why, and what is allowed. */
  readonly message: string;
}

/** A table of messages as a function: one fault per code. */
export function faultsOf<Code extends string>(messages: Readonly<Record<Code, string>>): (code: Code) => Fault<Code> {
  return (code) => ({ code, message: messages[code] });
}
