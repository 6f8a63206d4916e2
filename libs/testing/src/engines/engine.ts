/** Variables of the environment, by name. */
export type Variables = Readonly<Record<string, string>>;

export interface EngineOptions {
  /** TLS, users with passwords, and rights that say who may do what. */
  readonly secure: boolean;
  /** A free one is chosen where it is not given. */
  readonly port?: number;
}

/**
 * A server that a province stands on, for a developer's machine or a test: real, and without Docker. It lives in a folder,
 * by which another process finds it again.
 */
export interface Engine {
  readonly name: string;
  /** Starts it where it does not run. Resolves when it answers, to the settings by which services of the province reach it. */
  start(folder: string, options: EngineOptions): Promise<Variables>;
  /** Ends it in order; false where it did not run. */
  stop(folder: string): Promise<boolean>;
  /** The settings, where it runs. */
  status(folder: string): Promise<Variables | undefined>;
}

/** The machine lacks what an engine needs; says what and how to get it. */
export class CannotStart extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'CannotStart';
  }
}
