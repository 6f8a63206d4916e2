import type { Command, Taken } from '@chuanyu/engine';
import type { ProvinceName } from './province';

/** A request of an officer, until it has an answer: whoever gets none asks again with the same key. */
export interface Request {
  readonly province: ProvinceName;
  readonly case: string;
  readonly what:
    | {
        readonly do: 'open';
        readonly workflow: string;
        readonly definition: number;
        readonly command: Command;
        readonly alias: string;
      }
    | { readonly do: 'step'; readonly command: Command }
    | { readonly do: 'sign'; readonly draft: string; readonly signer: Command['who']; readonly key: string };
}
/** unknown: nobody was told; at most once in the chain. */
export type Answer = Taken | { readonly as: 'refused'; readonly code: string } | { readonly as: 'unknown' };

/** What was acknowledged to the officers, by the key of the step: the oracle holds the chains against it. */
export class Ledger {
  readonly answers = new Map<
    string,
    { readonly province: ProvinceName; readonly case: string; readonly answer: Answer }
  >();
  /** Requests whose reply was lost. */
  unanswered: Request[] = [];

  note(request: Request, answer: Answer): void {
    const key = keyOf(request);
    const known = this.answers.get(key)?.answer;
    // A signature that is refused says nothing of the draft; one draft may be signed once.
    if (request.what.do === 'sign' && (answer.as === 'refused' || answer.as === 'unknown') && known !== undefined)
      return;
    this.answers.set(key, { province: request.province, case: request.case, answer });
  }
}
export const keyOf = (request: Request): string =>
  request.what.do === 'sign' ? request.what.key : request.what.command.key;
