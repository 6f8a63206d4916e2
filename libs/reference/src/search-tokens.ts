/**
 * Words that a text is found by, the same on every engine: Chinese in pairs of neighbouring characters (so a name of two
 * is found), other letters and digits by word, lower-case, compatibility forms folded (NFKC: full-width like half-width).
 */

/** What to keep beside a text: its pairs and words, and the first character of each Chinese run, so a surname finds too. */
export function tokens(text: string): string[] {
  const found = new Set<string>();
  for (const run of runsOf(text)) {
    if (!isHan(run)) found.add(run);
    else {
      const [first = '', ...rest] = run;
      found.add(first);
      if (rest.length > 0) for (const pair of pairsOf(run)) found.add(pair);
    }
  }
  return [...found];
}

/** What all must be among a text's tokens for it to be found; none where the query has neither letter nor digit. */
export function queryTokens(text: string): string[] {
  const wanted = new Set<string>();
  for (const run of runsOf(text)) {
    if (!isHan(run) || [...run].length === 1) wanted.add(run);
    else for (const pair of pairsOf(run)) wanted.add(pair);
  }
  return [...wanted];
}

function runsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+/gu) ?? []
  );
}

function isHan(run: string): boolean {
  return /^\p{Script=Han}/u.test(run);
}

function pairsOf(run: string): readonly string[] {
  const characters = [...run];
  return characters.slice(1).map((character, i) => (characters[i] ?? '') + character);
}
