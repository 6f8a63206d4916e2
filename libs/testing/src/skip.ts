/**
 * `describe`, or where the machine lacks what the suite needs, a suite that is skipped and says why:
 * `describeOrSkip('Kafka', noKafka, () => …)` with `noKafka = url === undefined ? 'KAFKA_URL is not set' : undefined`.
 * `script/test` prints the reasons and takes a skip without one for a failure.
 */
export function describeOrSkip(title: string, reason: string | undefined, body: () => void): void {
  if (reason === undefined) describe(title, body);
  else describe.skip(skippedTitle(title, reason), body);
}

/** The same for a single test. */
export function testOrSkip(
  title: string,
  reason: string | undefined,
  body: (() => void) | (() => Promise<void>),
): void {
  if (reason === undefined) test(title, body);
  else test.skip(skippedTitle(title, reason), body);
}

/** The reason travels in the title, so that any reporter shows it. `script/checks/jest-run.ts` reads it there. */
export function skippedTitle(title: string, reason: string): string {
  return `${title} [skipped: ${reason.replaceAll(/[[\]]/g, '')}]`;
}
