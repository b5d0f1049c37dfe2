/** Which cases became slower or larger by more than noise. Pure. */
import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { formatBytes, formatMs } from '../../core/index.js';
import type { CaseRecord } from './cases.js';
import { FIGURES, type Figure, type FigureChange, type Overall } from './shape.js';
import { discoveryThreshold, mannWhitneyP } from './statistics.js';

/** With fewer on one side even samples that do not overlap would not be significant. */
const MIN_RUNS = 5;
/** Of the changes shown, as many may be there by chance. */
const FALSE_DISCOVERY_RATE = 0.01;
/** A change that is real, yet smaller, is of no interest. */
const MIN_CHANGE = 0.05;

/** Fewer cases say nothing of how much they scatter. */
const MIN_CASES = 8;
const SPREADS = 4;
/** From the median absolute deviation to the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;
const SINGLE_CHANGE = { known: 0.25, unknown: 0.5 } as const;

const MIB = 1024 ** 2;

/** Absolute changes below are noise whatever their share: schedulers and page sizes are as coarse. */
const FLOORS: Readonly<Record<Figure, { readonly tested: number; readonly single: number }>> = {
  wallMs: { tested: 0.2, single: 5 },
  cpuMs: { tested: 0.2, single: 5 },
  memoryPeakBytes: { tested: MIB / 4, single: MIB },
};

interface Pair {
  readonly title: string;
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
  readonly runs: readonly [number, number];
  readonly p: number | null;
}

function pairOf(figure: Figure, before: CaseRecord, after: CaseRecord): Pair | null {
  const [a, b] = [before.samples[figure], after.samples[figure]];
  if (a.length === 0 || b.length === 0) return null;
  const medians = { before: median(a), after: median(b) };
  if (medians.before <= 0 || medians.after <= 0) return null;
  const p = Math.min(a.length, b.length) < MIN_RUNS ? null : mannWhitneyP(a, b);
  return {
    title: after.title,
    ...medians,
    ratio: medians.after / medians.before,
    runs: [a.length, b.length],
    p,
  };
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** What a change has to be beyond, and why; the logarithm of a ratio, so that half and double are as far. */
function singleThreshold(pairs: readonly Pair[]): { readonly beyond: number; readonly reason: string } {
  if (pairs.length < MIN_CASES) {
    const share = SINGLE_CHANGE.unknown;
    return { beyond: Math.log1p(share), reason: `few runs: more than ${percent(share)}` };
  }
  const spread = medianAbsoluteDeviation(pairs.map(({ ratio }) => Math.log(ratio))) * MAD_TO_SIGMA;
  const beyond = Math.max(Math.log1p(SINGLE_CHANGE.known), SPREADS * spread);
  return {
    beyond,
    reason: `few runs: more than ${percent(Math.expm1(beyond))}, which is ${SPREADS} times the spread of all cases or more`,
  };
}

/** In words, for those with few runs and those with several, as far as there are any. */
function thresholdsOf(figure: Figure, pairs: readonly Pair[]): string[] {
  const show = figure === 'memoryPeakBytes' ? formatBytes : formatMs;
  const { tested, single } = FLOORS[figure];
  const singles = pairs.filter(({ p }) => p === null);
  const several = `several runs: significant by the Mann-Whitney test, at most ${percent(FALSE_DISCOVERY_RATE)} by chance, and at least ${percent(MIN_CHANGE)} and ${show(tested)}`;
  return [
    ...(singles.length > 0 ? [`${singleThreshold(singles).reason}, and at least ${show(single)}`] : []),
    ...(singles.length < pairs.length ? [several] : []),
  ];
}

function changesOf(figure: Figure, pairs: readonly Pair[]): FigureChange[] {
  const floor = FLOORS[figure];
  const singles = pairs.filter(({ p }) => p === null);
  const single = singleThreshold(singles);
  const tested = pairs.flatMap(({ p }) => (p === null ? [] : [p]));
  const highest = discoveryThreshold(tested, FALSE_DISCOVERY_RATE);
  return pairs.flatMap((pair): FigureChange[] => {
    const { before, after, ratio, p } = pair;
    const isTested = p !== null;
    if (Math.abs(after - before) < (isTested ? floor.tested : floor.single)) return [];
    if (isTested) {
      if (p > highest || Math.abs(ratio - 1) < MIN_CHANGE) return [];
      return [{ ...pair, figure, reason: `p = ${p.toPrecision(2)}` }];
    }
    return Math.abs(Math.log(ratio)) > single.beyond ? [{ ...pair, figure, reason: single.reason }] : [];
  });
}

export interface ComparedFigures {
  readonly more: readonly FigureChange[];
  readonly less: readonly FigureChange[];
  readonly overall: readonly Overall[];
}

const byChange = (a: FigureChange, b: FigureChange): number =>
  Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio));

/**
 * With enough repetitions a change has to be significant (Mann-Whitney, at most 1 % false discoveries) and matter. Without, it
 * has to be large against how much all cases scatter.
 */
export function compareFigures(
  cases: readonly (readonly [before: CaseRecord, after: CaseRecord])[],
): ComparedFigures {
  const overall: Overall[] = [];
  const changes = FIGURES.flatMap((figure) => {
    const pairs = cases.flatMap(([before, after]) => pairOf(figure, before, after) ?? []);
    const ratio = pairs.length === 0 ? null : median(pairs.map((pair) => pair.ratio));
    overall.push({ figure, cases: pairs.length, ratio, thresholds: thresholdsOf(figure, pairs) });
    return changesOf(figure, pairs);
  });
  return {
    more: changes.filter(({ ratio }) => ratio > 1).sort(byChange),
    less: changes.filter(({ ratio }) => ratio < 1).sort(byChange),
    overall,
  };
}
