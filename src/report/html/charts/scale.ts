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

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Steps above a second as clocks have them. */
const CLOCK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 12, 24, 48, 96, 192].map((hours) => hours * HOUR_MS),
];

/** The same in milliseconds: round seconds, minutes and hours. */
export function durationTicks(maxMs: number, most: number): number[] {
  if (!(maxMs >= most * SECOND_MS)) return niceTicks(maxMs, most);
  const step = CLOCK_STEPS_MS.find((size) => size >= maxMs / most);
  if (step === undefined) return niceTicks(maxMs, most);
  return Array.from({ length: Math.floor(maxMs / step) + 1 }, (_, index) => index * step);
}

/** The same in bytes: steps of powers of two. */
export function byteTicks(max: number, most: number): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0];
  const step = 2 ** Math.ceil(Math.log2(max / most) - 1e-9);
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, index) => index * step);
}

/** A share of the width: charts stretch with the page while their text does not. */
export const across = (share: number): string => `${Number((share * 100).toFixed(2))}%`;

/** Text near an edge must not stand out over it. */
export const anchorAt = (share: number): 'start' | 'middle' | 'end' =>
  share < 0.06 ? 'start' : share > 0.94 ? 'end' : 'middle';

const MOST_LOG_TICKS = 4;

/** At most a few of the candidates, evenly taken. */
function few(candidates: readonly number[]): number[] {
  const every = Math.ceil(candidates.length / MOST_LOG_TICKS);
  return candidates.filter((_, index) => index % every === 0);
}

/** Powers of ten; with 2 and 5 times those where the range is too narrow for them. */
export function decadeTicks(from: number, to: number): number[] {
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const within = (factors: readonly number[]): number[] =>
    Array.from({ length: Math.min(last - first + 1, 40) }, (_, index) => 10 ** (first + index))
      .flatMap((power) => factors.map((factor) => factor * power))
      .filter((value) => value >= from * 0.999_999 && value <= to * 1.000_001);
  const powers = within([1]);
  return few(powers.length >= 2 ? powers : within([1, 2, 5]));
}

/** Powers of two, of four, of eight: as fine as a few of them are enough. */
export function doublingTicks(from: number, to: number): number[] {
  const [first, last] = [Math.ceil(Math.log2(from) - 1e-9), Math.floor(Math.log2(to) + 1e-9)];
  return few(
    Array.from({ length: Math.max(Math.min(last - first + 1, 64), 0) }, (_, index) => 2 ** (first + index)),
  );
}
