import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Takes settings out of an environment, and collects what is wrong with them. */
export class EnvironmentReader {
  readonly faults: string[] = [];
  constructor(private readonly environment: Environment) {}

  /** A setting; or the content of the file that `<name>_FILE` names, as secrets are handed to containers. */
  read(name: string): string | undefined {
    const [value, file] = [this.environment[name], this.environment[`${name}_FILE`]];
    if (value !== undefined && file !== undefined) this.faults.push(`${name} and ${name}_FILE are both set`);
    if (file === undefined) return value === '' ? undefined : value;
    return this.content(`${name}_FILE`, file)?.trim();
  }

  /** What stands in the file that a setting names. */
  content(name: string, file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      this.faults.push(`${name}: ${file} cannot be read`);
      return undefined;
    }
  }
}
