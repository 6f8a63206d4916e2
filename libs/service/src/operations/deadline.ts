/** Rejects when the answer does not come within so many milliseconds; what was asked may still be under way. */
export const within = async <T>(milliseconds: number, answer: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** One question at a time: whoever asks while it is open waits for the same answer, so that a part that hangs is asked once. */
export const asked = <T>(question: () => Promise<T>, milliseconds: number): (() => Promise<T>) => {
  let open: Promise<T> | undefined;
  return () => {
    open ??= question().finally(() => (open = undefined));
    return within(milliseconds, open);
  };
};
