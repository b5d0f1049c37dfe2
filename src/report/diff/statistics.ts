/** Whether two samples differ. Pure. */

/** Up to so many values of both samples together every way to divide them is counted; beyond, the normal distribution is near enough. */
const MAX_EXACT = 20;

/** Twice the rank of each value, so that the middle ranks of ties are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const ranks = new Map<number, number>();
  for (let from = 0; from < sorted.length; ) {
    const value = sorted[from] ?? 0;
    let to = from;
    while (sorted[to] === value) to++;
    ranks.set(value, from + 1 + to);
    from = to;
  }
  return values.map((value) => ranks.get(value) ?? 0);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How many of the choices of `size` ranks have each sum. */
function sumsOfChoices(ranks: readonly number[], size: number): Map<number, number>[] {
  const counts = Array.from({ length: size + 1 }, () => new Map<number, number>());
  counts[0]?.set(0, 1);
  for (const rank of ranks) {
    for (let chosen = size; chosen > 0; chosen--) {
      for (const [total, ways] of counts[chosen - 1] ?? []) {
        const target = counts[chosen];
        target?.set(total + rank, (target.get(total + rank) ?? 0) + ways);
      }
    }
  }
  return counts;
}

function exactP(ranks: readonly number[], size: number): number {
  const expected = (sum(ranks) * size) / ranks.length;
  const distance = Math.abs(sum(ranks.slice(0, size)) - expected);
  let all = 0;
  let asFar = 0;
  for (const [total, ways] of sumsOfChoices(ranks, size)[size] ?? []) {
    all += ways;
    if (Math.abs(total - expected) >= distance - 1e-9) asFar += ways;
  }
  return asFar / all;
}

/**
 * Complementary error function, relative error below 1.2e-7.
 * Source: Press et al., Numerical Recipes in C, 2nd edition, 6.2.
 */
function erfc(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const series = coefficients.reduceRight((total, coefficient) => total * t + coefficient, 0);
  const value = t * Math.exp(series - x * x);
  return x >= 0 ? value : 2 - value;
}

/** With the corrections for ties and for steps. */
function normalP(ranks: readonly number[], size: number): number {
  const count = ranks.length;
  const other = count - size;
  const ties = new Map<number, number>();
  for (const rank of ranks) ties.set(rank, (ties.get(rank) ?? 0) + 1);
  const tied = sum([...ties.values()].map((t) => t ** 3 - t));
  const variance = ((size * other) / 12) * (count + 1 - tied / (count * (count - 1)));
  if (variance <= 0) return 1;
  const u = sum(ranks.slice(0, size)) / 2 - (size * (size + 1)) / 2;
  const distance = Math.max(0, Math.abs(u - (size * other) / 2) - 0.5);
  return erfc(distance / Math.sqrt(2 * variance));
}

/**
 * How likely two samples of one distribution differ as much as these do, on either side: the Mann-Whitney U test, which asks
 * nothing of the distribution. 1 when one of them is empty.
 * Source: Mann, Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947.
 */
export function mannWhitneyP(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledRanks([...a, ...b]);
  return ranks.length <= MAX_EXACT ? exactP(ranks, a.length) : normalP(ranks, a.length);
}

/**
 * The highest of these p values that still counts, if at most a share of `rate` of what counts may be there by chance;
 * 0 when none does. Who looks at a thousand cases finds ten below 0.01 where nothing changed.
 * Source: Benjamini, Hochberg, "Controlling the false discovery rate", 1995.
 */
export function discoveryThreshold(pValues: readonly number[], rate: number): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  const last = sorted.findLastIndex((p, index) => p <= ((index + 1) / sorted.length) * rate);
  return last < 0 ? 0 : (sorted[last] ?? 0);
}
