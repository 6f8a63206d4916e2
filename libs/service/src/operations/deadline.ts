import { within } from '@chuanyu/contracts';

/** One question at a time: whoever asks while it is open waits for the same answer, so that a part that hangs is asked once. */
export const asked = <T>(question: () => Promise<T>, milliseconds: number): (() => Promise<T>) => {
  let open: Promise<T> | undefined;
  return () => {
    open ??= question().finally(() => (open = undefined));
    return within(milliseconds, open, () => {
      throw new Error(`no answer in ${milliseconds} ms`);
    });
  };
};
