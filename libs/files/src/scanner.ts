import type { KeptFile, ReadContent } from './port';

/** What a scan for malicious content said. `by` names who said it, for the record. */
export type Scanned =
  | { readonly verdict: 'clean' | 'not-scanned'; readonly by: string }
  | { readonly verdict: 'infected'; readonly by: string; readonly name: string };

/** The seam for a virus scanner: asked of every content before it stands in the store, uploaded here or come over the border. */
export interface Scanner {
  /** Throws where it cannot say: then nothing is taken in, and the caller may try again. */
  scan(file: KeptFile, read: ReadContent): Promise<Scanned>;
}
/** Where none is set up it is written down as such: nobody may take «not scanned» for «clean». */
export const noScanner: Scanner = { scan: async () => ({ verdict: 'not-scanned', by: 'none configured' }) };
