/** Data that was handed in (a setting, a directory) and is wrong; names every fault, not only the first. */
export class InvalidData extends Error {
  constructor(
    /** What was being read, e.g. `calendar`. */
    readonly what: string,
    readonly faults: readonly string[],
  ) {
    super(`${what}: ${faults.join('; ')}`);
    this.name = 'InvalidData';
  }
}

/** A JSON object, as opposed to null, an array or a scalar. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
