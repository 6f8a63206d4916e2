import { Duplicate, VersionConflict, type Collection, type Document, type Kept } from './port';

/**
 * Reads a document, makes of it what it shall be, and saves that: again from the start where somebody else was faster, so
 * `make` may be asked several times. It gets what is there (undefined: nothing is); where it answers undefined, nothing is
 * saved, and undefined is the answer.
 */
export const change = async <T extends Document>(
  of: Collection<T>,
  id: string,
  make: (known: T | undefined) => T | undefined,
): Promise<Kept<T> | undefined> => {
  for (;;) {
    const kept = await of.get(id);
    const made = make(kept?.document);
    if (made === undefined) return undefined;
    try {
      return await (kept ? of.replace(made, kept.version) : of.insert(made));
    } catch (error) {
      // A string that another document holds is no race: that stays taken.
      const isRace = error instanceof VersionConflict || (error instanceof Duplicate && error.path === 'id');
      if (!isRace) throw error;
    }
  }
};
