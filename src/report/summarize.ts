import { type Clock, systemClock } from '../core/index.js';
import type { Outcome, Verdict } from '../spec/index.js';
import { VERDICTS } from '../spec/index.js';
import { isCounted, isFailedBuild, isFlaky } from './cell.js';
import { readHostReport } from './host.js';
import { type HostReport, type ReportStart, type Summary, titleOf } from './reporter.js';

export interface SummaryEnd {
  readonly stopped: Summary['stopped'];
  /** At the end; read now when it is not given. */
  readonly host?: HostReport | undefined;
  /** Now when it is not given. */
  readonly finishedAt?: string | undefined;
  /** Measured on the monotonic clock since the builder was made when it is not given. */
  readonly wallMs?: number | undefined;
}

const noVerdicts = (): Record<Verdict, number> =>
  Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;

/** Tenths, added up, are to be tenths again. */
const rounded = (points: number): number => Number(points.toFixed(6));

/** Folds the outcomes of a run into its summary, in constant memory but for the titles of flaky cells. */
export class SummaryBuilder {
  readonly #start: ReportStart;
  readonly #clock: Clock;
  readonly #beganMs: number;
  readonly #verdicts = noVerdicts();
  readonly #flaky = new Set<string>();
  #points: { earned: number; possible: number } | null = null;
  #failedBuilds = 0;

  constructor(start: ReportStart, clock: Clock = systemClock) {
    this.#start = start;
    this.#clock = clock;
    this.#beganMs = clock.nowMs();
  }

  add(outcome: Outcome): void {
    if (isCounted(outcome)) this.#verdicts[outcome.verdict]++;
    if (isFlaky(outcome)) this.#flaky.add(titleOf(outcome));
    if (isFailedBuild(outcome)) this.#failedBuilds++;
    if (isCounted(outcome)) this.#addPoints(outcome);
  }

  #addPoints({ points, verdict }: Outcome): void {
    if (points === null) return;
    const { earned, possible } = this.#points ?? { earned: 0, possible: 0 };
    this.#points = { earned: earned + (verdict === 'passed' ? points : 0), possible: possible + points };
  }

  finish({ stopped, ...end }: SummaryEnd): Summary {
    const total = VERDICTS.reduce((sum, verdict) => sum + this.#verdicts[verdict], 0);
    return {
      id: this.#start.id,
      startedAt: this.#start.startedAt,
      finishedAt: end.finishedAt ?? this.#clock.date().toISOString(),
      wallMs: end.wallMs ?? this.#clock.nowMs() - this.#beganMs,
      verdicts: { ...this.#verdicts },
      total,
      points: this.#points && {
        earned: rounded(this.#points.earned),
        possible: rounded(this.#points.possible),
      },
      failedBuilds: this.#failedBuilds,
      flaky: [...this.#flaky].sort(),
      stopped,
      ok: stopped === null && this.#allWell(total),
      host: end.host ?? readHostReport(),
    };
  }

  /** Fewer outcomes than were announced means that some were lost, and neither what was lost nor what was skipped passed. */
  #allWell(total: number): boolean {
    return this.#verdicts.passed === total && this.#failedBuilds === 0 && total >= this.#start.total;
  }
}
