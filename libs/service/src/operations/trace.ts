import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** W3C Trace Context: all that follows from one request has its trace; each service that works on it has a span of its own. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly span: string;
}

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** What a `traceparent` says; undefined where it is none. Whoever sends one chooses it: nothing else of it is believed, or written down. */
export const readTrace = (traceparent: unknown): Trace | undefined => {
  const [, trace, span] = (typeof traceparent === 'string' && FORM.exec(traceparent)) || [];
  return trace !== undefined && span !== undefined ? { trace, span } : undefined;
};
/** Goes on in the trace of whoever asks, or begins one. */
export const goOnIn = (traceparent: unknown): Trace => ({
  trace: readTrace(traceparent)?.trace ?? randomBytes(16).toString('hex'),
  span: randomBytes(8).toString('hex'),
});
export const traceparentOf = ({ trace, span }: Trace): string => `00-${trace}-${span}-01`;

/** Of the request or record that is being worked on, wherever its work awaits. */
const following = new AsyncLocalStorage<{ at: Trace | undefined }>();

/** Does the work under this trace, which may also be learnt under way. */
export const inTrace = <T>(trace: Trace | undefined, work: () => T): T => following.run({ at: trace }, work);
/** What is worked on turns out to belong to this trace: a sealed record says so only inside. */
export const learnTrace = (traceparent: unknown): void => {
  const work = following.getStore();
  const known = readTrace(traceparent);
  if (work && known) work.at = goOnIn(traceparent);
};
export const traceNow = (): Trace | undefined => following.getStore()?.at;
/** As it goes on with an event or a call. */
export const traceparentNow = (): string | undefined => {
  const trace = traceNow();
  return trace && traceparentOf(trace);
};
