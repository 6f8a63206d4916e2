/** What a province stands on. MongoDB is left out: the server that tests take for it without Docker is no measure of it. */
export const engines = ['embedded', 'kafka'] as const;
export type EngineName = (typeof engines)[number];

/** Where and how a row is measured; handed to its process as JSON. */
export interface Ground {
  readonly engine: EngineName;
  /** Only shows that it runs: a few seconds, and figures that mean nothing. */
  readonly quick: boolean;
  /** Rounds that count, in which ours and the reference take turns. */
  readonly rounds: number;
  /** A folder of this row's own. */
  readonly folder: string;
  /** `<host>:<port>` of each province's own Kafka; empty on the embedded engine. */
  readonly brokers: Readonly<Record<string, string>>;
  /** A province that is kept from one time to the next, with so many cases and events: `--load`. */
  readonly load?: { readonly folder: string; readonly cases: number; readonly events: number };
}

/** One quantity, by the median of the rounds, and between which values they lay. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly unit: '/s' | 'ms' | 's' | 'µs' | 'MB' | '×' | '';
}

/** One line of the table: a measure at one size. */
export interface Line {
  /** e.g. `1 KB, 600 keys`. */
  readonly of: string;
  /** e.g. `60 000 events`. */
  readonly size: string;
  readonly ours: Figure;
  readonly reference?: Figure;
  /** Ours beside the reference: of rates as many times as fast, of times as many times as long. */
  readonly ratio?: Figure;
  /** As the design has it; absent where it has none. */
  readonly aim?: string;
  readonly met?: boolean;
  /** Microseconds of processor time for one unit, of ours and of the reference. */
  readonly cpu?: { readonly ours: number; readonly reference?: number };
  /** Resident, in MB: of the process that did the work, at its highest. */
  readonly memory?: number;
  readonly note?: string;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  /** Beside what. */
  readonly reference: string;
  readonly engines: readonly EngineName[];
  /** Only with `--load` or when named. */
  readonly onlyWhenNamed?: true;
  measure(ground: Ground, say: (line: string) => void): Promise<readonly Line[]>;
}
