/** Longer words are never typing mistakes of ours, and the comparison costs the product of the two lengths. */
const MAX_WORD = 64;

/** The shortest beginning of a word that is taken as an abbreviation of it. */
const MIN_PREFIX = 3;

const fold = (word: string): string => word.toLowerCase().replace(/[-_\s]/g, '');

/** Cost of one cell of the edit distance table, from the cells above, left and diagonal. */
function cellCost(a: string, b: string, at: { i: number; j: number }, rows: readonly number[][]): number {
  const { i, j } = at;
  const get = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  const same = a[i - 1] === b[j - 1];
  const cost = Math.min(get(i - 1, j) + 1, get(i, j - 1) + 1, get(i - 1, j - 1) + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(cost, get(i - 2, j - 2) + 1) : cost;
}

/**
 * Edit distance in which swapping two neighbours counts as one step (optimal string alignment).
 * Source: Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) row.push(cellCost(a, b, { i, j }, rows));
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** An abbreviation stands for a candidate only if no other candidate begins with it. */
function byPrefix(word: string, candidates: readonly string[]): string | undefined {
  if (word.length < MIN_PREFIX) return undefined;
  const matching = candidates.filter((candidate) => fold(candidate).startsWith(word));
  return matching.length === 1 ? matching[0] : undefined;
}

/**
 * The candidate that `word` was most likely meant to be, or undefined when none is close.
 * Case, dashes and underscores do not count; at most one step in three letters may differ.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > MAX_WORD) return undefined;
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > MAX_WORD) continue;
    const folded = fold(candidate);
    const distance = editDistance(wanted, folded);
    // A word of one or two letters is one step away from everything of its length.
    if (distance < bestDistance && distance < Math.max(wanted.length, folded.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? byPrefix(wanted, candidates);
}
