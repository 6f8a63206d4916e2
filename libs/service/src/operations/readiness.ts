import { asked } from './deadline';

/** A part that does not answer within this is silent. */
const MILLISECONDS = 2000;

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, 'ready' | 'silent' | 'ending'>>;
  /** What else an operator would ask. */
  readonly told: Readonly<Record<string, unknown>>;
}

/** Is a service able to work? It asks what it stands on, never what waits to be looked at: that is the operator's business. */
export class ReadinessCheck {
  private readonly parts = new Map<string, () => Promise<unknown>>();
  private readonly tales: (() => Readonly<Record<string, unknown>>)[] = [];
  private ending = false;

  /** `question` rejects, or does not answer, where the part is not to be relied on. */
  stands(on: string, question: () => Promise<unknown>): void {
    this.parts.set(on, asked(question, MILLISECONDS));
  }
  tells(tale: () => Readonly<Record<string, unknown>>): void {
    this.tales.push(tale);
  }
  /** From now on not ready, so that nobody is sent here any more. */
  end(): void {
    this.ending = true;
  }

  async look(): Promise<Readiness> {
    const checks = Object.fromEntries(
      await Promise.all(
        [...this.parts].map(async ([name, question]) => {
          const answer = await question().then(
            () => 'ready' as const,
            () => 'silent' as const,
          );
          return [name, answer] as const;
        }),
      ),
    );
    const ready = !this.ending && Object.values(checks).every((check) => check === 'ready');
    return {
      ready,
      checks: this.ending ? { ...checks, service: 'ending' } : checks,
      told: Object.fromEntries(this.tales.flatMap((tale) => Object.entries(tale()))),
    };
  }
}
