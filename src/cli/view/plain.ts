import type { SuiteEvent } from '../test/engine.js';
import { shortTime } from './figures.js';
import { isNews, noticeLine } from './notice.js';
import { ViewState } from './state.js';
import type { View, ViewContext } from './view.js';
import { clip } from './width.js';

/** Of larger runs, what passed is only counted. */
const MAX_LISTED = 1000;
const PROGRESS_MS = 10_000;
/** Wider than any message; a log has no columns. */
const COLUMNS = 500;
/** Characters that wait for a reader who stands still; what comes then is dropped, for it must not fill the memory. */
const MAX_WAITING = 1 << 20;

/** A line for each outcome, for logs and for whatever is not a terminal. */
export class PlainView implements View {
  readonly #context: ViewContext;
  readonly #state: ViewState;
  readonly #timer: NodeJS.Timeout;
  #waiting = '';
  #writing: Promise<void> | undefined;
  #isGone = false;
  #isClosed = false;

  constructor(context: ViewContext) {
    this.#context = context;
    this.#state = new ViewState(context.clock.nowMs());
    this.#timer = setInterval(() => this.#progress(), PROGRESS_MS).unref();
  }

  readonly onEvent = (event: SuiteEvent): void => {
    if (this.#isClosed) return;
    this.#state.apply(event, this.#context.clock.nowMs());
    const isListed = this.#state.total <= MAX_LISTED;
    if (event.kind === 'started' && event.role === 'build' && isListed) this.say(`… build of ${event.title}`);
    if (event.kind !== 'finished') return;
    const { outcome } = event;
    const isShown = outcome.verdict === 'passed' ? isListed && outcome.final : isNews(outcome);
    if (isShown) this.#write(noticeLine(outcome, COLUMNS, this.#context.colors));
  };

  say(line: string): void {
    this.#write(clip(line, COLUMNS));
  }

  /** Lines are in nobody's way, but are to come in their order. */
  async giveWay(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#writing;
  }

  #progress(): void {
    const nowMs = this.#context.clock.nowMs();
    const { done, total, verdicts } = this.#state;
    const eta = this.#state.etaMs(nowMs);
    const left = eta === null ? '' : `, ${shortTime(eta)} left`;
    const bad = verdicts.failed + verdicts.error;
    this.say(
      `  ${done}/${total} done, ${bad} of them not passed, ${shortTime(this.#state.elapsedMs(nowMs))}${left}`,
    );
  }

  #write(line: string): void {
    if (this.#isGone || this.#waiting.length > MAX_WAITING) return;
    this.#waiting += `${line}\n`;
    this.#writing ??= this.#flush();
  }

  /** What comes while a write goes on is written all at once after it. */
  async #flush(): Promise<void> {
    try {
      while (this.#waiting !== '') {
        const text = this.#waiting;
        this.#waiting = '';
        await this.#context.io.stderr.write(text);
      }
    } catch {
      // Nobody reads it; the run and its reports go on.
      this.#isGone = true;
    }
    this.#writing = undefined;
  }
}
