import { formatBytes, formatMs } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import { isFlaky } from '../cell.js';
import { type LimitUse, nearestLimit } from '../figures/limit-use.js';
import { Tally } from '../figures/tally.js';
import { Top } from '../figures/top.js';
import { titleOf } from '../reporter.js';
import { reasonOf } from '../text/reasons.js';
import { oneLine } from '../text/show.js';
import { counted, cutEnd, type Paint, padEnd, padStart, rounded, shownTitle } from './paint.js';

const SIZE = 5;
/** Below this nobody is near a limit. */
const NEAR = 0.5;
const MAX_REASONS = 20;
const MAX_FLAKY = 10;

interface Slow {
  readonly title: string;
  readonly wallMs: number;
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
}

interface Near {
  readonly title: string;
  readonly use: LimitUse;
}

/** What a reader should look at beside the failures: slow, near a limit, flaky, not run. Constant memory. */
export class Highlights {
  readonly #slow = new Top<Slow>(SIZE);
  readonly #near = new Top<Near>(SIZE);
  readonly #notRun = new Tally(MAX_REASONS);
  readonly #flaky: string[] = [];
  #flakyCount = 0;

  add(outcome: Outcome): void {
    const title = titleOf(outcome);
    const { metrics, verdict } = outcome;
    if (verdict === 'skipped') {
      this.#notRun.add(reasonOf(outcome));
      return;
    }
    if (metrics.wallMs !== null) {
      const { wallMs, cpuMs, memoryPeakBytes: memoryBytes } = metrics;
      this.#slow.add(wallMs, { title, wallMs, cpuMs, memoryBytes });
    }
    const use = verdict === 'passed' ? nearestLimit(outcome) : null;
    if (use !== null && use.share >= NEAR) this.#near.add(use.share, { title, use });
    if (isFlaky(outcome)) this.#addFlaky(`${title} (attempt ${outcome.attempt})`);
  }

  lines(paint: Paint): string[] {
    return [
      ...section('Slowest', this.#slowLines(paint), paint),
      ...section('Nearest to a limit', this.#nearLines(paint), paint),
      ...section('Flaky: passed only after another attempt', this.#flakyLines(paint), paint),
      ...section('Not run', this.#notRunLines(paint), paint),
    ];
  }

  #addFlaky(title: string): void {
    this.#flakyCount++;
    if (this.#flaky.length < MAX_FLAKY) this.#flaky.push(title);
  }

  #slowLines({ columns, colors }: Paint): string[] {
    return this.#slow.items.map(({ title, wallMs, cpuMs, memoryBytes }) => {
      const wall = padStart(rounded(formatMs(wallMs)), 9);
      const cpu = padStart(cpuMs === null ? '' : `${rounded(formatMs(cpuMs))} CPU`, 13);
      const memory = padStart(memoryBytes === null ? '' : rounded(formatBytes(memoryBytes)), 11);
      const shown = shownTitle(title, columns - 39);
      return `${wall}${colors.dim(`${cpu}${memory}`)}  ${shown}`;
    });
  }

  #nearLines({ columns, colors }: Paint): string[] {
    return this.#near.items.map(({ title, use: { share, name, shown } }) => {
      const percent = padStart(`${Math.round(share * 100)}%`, 9);
      const limit = padEnd(` of ${shown} ${name}`, 24);
      const near = share >= 0.9 ? colors.yellow(percent) : percent;
      return `${near}${colors.dim(limit)}  ${shownTitle(title, columns - 39)}`;
    });
  }

  #flakyLines({ columns }: Paint): string[] {
    const rest = this.#flakyCount - this.#flaky.length;
    return [
      ...this.#flaky.map((title) => shownTitle(title, columns - 4)),
      ...(rest > 0 ? [`… ${rest} more`] : []),
    ];
  }

  #notRunLines({ columns }: Paint): string[] {
    const others = this.#notRun.others;
    return [
      ...this.#notRun.entries.map(([reason, count]) => cutEnd(`${count} × ${oneLine(reason)}`, columns - 4)),
      ...(others > 0 ? [`${counted(others, 'case')} for other reasons`] : []),
    ];
  }
}

function section(title: string, lines: readonly string[], { colors }: Paint): string[] {
  return lines.length === 0 ? [] : [colors.bold(title), ...lines.map((line) => `  ${line}`), ''];
}
