import { stripVTControlCharacters } from 'node:util';
import { formatBytes, formatMs } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import { Histogram } from '../figures/histogram.js';
import { Tally } from '../figures/tally.js';
import type { ReportStart, Summary } from '../reporter.js';
import { oneLine } from '../text/show.js';
import { noiseOf } from './noise.js';
import { counted, cutEnd, type Paint, rounded, widthOf } from './paint.js';

const MAX_DEGRADED = 10;

const STOPPED: Readonly<Record<NonNullable<Summary['stopped']>, string>> = {
  bail: 'stopped after too many failures',
  cancelled: 'cancelled',
  timeout: 'stopped: out of time',
};

type Line = readonly [name: string, text: string];

/** The figures of the run as a whole. Constant memory. */
export class Totals {
  readonly #wallMs = new Histogram();
  readonly #memoryBytes = new Histogram();
  readonly #degraded = new Tally(MAX_DEGRADED);
  #cpuMs = 0;

  /** Of every attempt and every build: all of it was spent. */
  add({ metrics, role, final, isolation }: Outcome): void {
    this.#cpuMs += metrics.cpuMs ?? 0;
    for (const control of isolation.degraded) this.#degraded.add(control);
    if (role !== 'program' || !final) return;
    this.#wallMs.add(metrics.wallMs ?? Number.NaN);
    this.#memoryBytes.add(metrics.memoryPeakBytes ?? Number.NaN);
  }

  lines(start: ReportStart, summary: Summary, paint: Paint): string[] {
    const { colors, columns } = paint;
    const fitted = (text: string): string =>
      // Cutting would cut an escape sequence of ours: too long is better without colours.
      widthOf(text) <= columns - 13 ? text : cutEnd(stripVTControlCharacters(text), columns - 13);
    const lines: Line[] = [
      ['Tests', tests(summary, paint)],
      ...(summary.points === null
        ? []
        : [['Points', `${summary.points.earned} of ${summary.points.possible}`] as const]),
      ...(summary.failedBuilds > 0
        ? [['Builds', colors.red(`${summary.failedBuilds} failed`)] as const]
        : []),
      ...missing(start, summary, paint),
      ['Took', this.#took(start, summary)],
      ...each('Time', this.#wallMs, formatMs),
      ...each('Memory', this.#memoryBytes, formatBytes),
      ...this.#isolation(paint),
      ...noise(start, summary, paint),
    ];
    const all = lines.map(([name, text]) => `  ${colors.dim(name.padEnd(10))} ${fitted(text)}`);
    return [result(summary, paint), ...all];
  }

  #took({ workers }: ReportStart, { wallMs, total }: Summary): string {
    const rate =
      wallMs > 0 && total > 0 ? `, ${Number(((total * 1000) / wallMs).toPrecision(3))} a second` : '';
    return `${rounded(formatMs(wallMs))} with ${counted(workers, 'worker')}${rate}, ${rounded(formatMs(this.#cpuMs))} of CPU`;
  }

  /** Never weaker than asked without saying so. */
  #isolation({ colors, columns }: Paint): Line[] {
    return this.#degraded.entries.map(([control, count]) => [
      'Isolation',
      colors.yellow(cutEnd(`${counted(count, 'run')} without: ${oneLine(control)}`, columns - 13)),
    ]);
  }
}

function missing({ total: announced }: ReportStart, summary: Summary, { colors }: Paint): Line[] {
  const count = announced - summary.total;
  if (count <= 0) return [];
  const why = summary.stopped === null ? ' (lost)' : '';
  return [['Missing', colors.red(`no outcome of ${counted(count, 'case')}${why}`)]];
}

/** Two digits: a quantile of a histogram is a few percent off. */
function each(name: string, values: Histogram, show: (value: number) => string): Line[] {
  if (values.count === 0) return [];
  // The last bucket reaches beyond the largest value that is in it.
  const quantile = (share: number): string => rounded(show(Math.min(values.quantile(share), values.max)), 2);
  const [median, high] = [0.5, 0.95].map((share) =>
    values.quantile(share) < values.max ? quantile(share) : rounded(show(values.max)),
  );
  return [[name, `${median} (median), 95% within ${high}, at most ${rounded(show(values.max))}`]];
}

function tests({ verdicts, total, flaky }: Summary, { colors }: Paint): string {
  const parts = [
    ...(verdicts.failed > 0 ? [colors.red(`${verdicts.failed} failed`)] : []),
    ...(verdicts.error > 0 ? [colors.red(`${verdicts.error} in error`)] : []),
    ...(verdicts.skipped > 0 ? [colors.yellow(`${verdicts.skipped} not run`)] : []),
    ...(flaky.length > 0 ? [colors.yellow(`${flaky.length} flaky`)] : []),
    colors.green(`${verdicts.passed} passed`),
  ];
  return `${parts.join(', ')} of ${total}`;
}

function result({ ok, stopped }: Summary, { colors }: Paint): string {
  const word = ok ? colors.green('PASSED') : colors.red('FAILED');
  return `${colors.bold(word)}${stopped === null ? '' : `  ${STOPPED[stopped]}`}`;
}

function noise(start: ReportStart, { host, wallMs }: Summary, { colors, columns }: Paint): Line[] {
  const found = noiseOf(start.host, host, wallMs);
  if (found.length === 0) return [];
  return [['Noise', colors.yellow(cutEnd(oneLine(found.join('; ')), columns - 13))]];
}
