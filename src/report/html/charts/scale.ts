/** Axes of the charts. */

/** A number of steps of 1, 2 or 5 times a power of ten, at most `most` of them, from 0 to what lies within `max`. */
export function niceTicks(max: number, most: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0];
  const rough = max / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999_999) ?? max;
  const steps = Math.floor(max / step + 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/** The same in bytes: steps of powers of two. */
export function byteTicks(max: number, most: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0];
  const step = 2 ** Math.ceil(Math.log2(max / most) - 1e-9);
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, index) => index * step);
}

/** A share of the width: charts stretch with the page while their text does not. */
export const across = (share: number): string => `${Number((share * 100).toFixed(3))}%`;
