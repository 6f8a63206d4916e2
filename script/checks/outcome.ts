export interface Skip {
  readonly test: string;
  readonly reason: string;
}

/** What a check or a kind of tests came to: counts for the sum, lines for the reader. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skips: readonly Skip[];
}

export const passed = (name: string): Outcome => ({ name, passed: 1, failures: [], skips: [] });
export const failed = (name: string, why: string): Outcome => ({ name, passed: 0, failures: [why], skips: [] });

/** A line for each test that was skipped; one for all of a suite that lacks the same. `test` is `<file>: <name>`. */
export function skippedLines(skips: readonly Skip[]): readonly string[] {
  const alike = Map.groupBy(skips, ({ test, reason }) => `${test.slice(0, test.indexOf(': '))}\n${reason}`);
  return [...alike].map(([of, some]) => {
    const [file = '', reason = ''] = of.split('\n');
    const [only] = some;
    return `${some.length === 1 && only ? only.test : `${file}: ${some.length} tests`} — ${reason}`;
  });
}

/** The last line of every run: `N passed, M failed`, and `, K skipped` where there are any. */
export function sum(outcomes: readonly Outcome[]): { readonly line: string; readonly ok: boolean } {
  const count = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const failures = count((outcome) => outcome.failures.length);
  const skips = count((outcome) => outcome.skips.length);
  const line = `${count((outcome) => outcome.passed)} passed, ${failures} failed`;
  return { line: skips > 0 ? `${line}, ${skips} skipped` : line, ok: failures === 0 };
}
