import type { TerminalSize } from '../io/terminal.js';
import type { SuiteEvent } from '../test/engine.js';
import { renderFrame } from './frame.js';
import { isNews, noticeLine } from './notice.js';
import { Screen, SHOW_CURSOR } from './screen.js';
import { ViewState } from './state.js';
import type { View, ViewContext } from './view.js';
import { clip } from './width.js';

/** Eight times a second: more cannot be read. */
const REDRAW_MS = 125;

/** Failures that stay on the terminal; the rest is left to the summary. */
const MAX_NOTICES = 50;

const DEFAULT_SIZE: TerminalSize = { rows: 24, cols: 80 };

/** Redraws a window of what goes on. Runs never wait for it: a terminal that is slow is drawn less often. */
export class LiveView implements View {
  readonly #context: ViewContext;
  readonly #state: ViewState;
  readonly #screen: Screen;
  readonly #timer: NodeJS.Timeout;
  readonly #stops: readonly (() => void)[];
  readonly #above: string[] = [];
  #notices = 0;
  #drawing: Promise<void> | undefined;
  #size: TerminalSize;
  #isGone = false;
  #isPaused = false;
  #closing: Promise<void> | undefined;

  constructor(context: ViewContext) {
    const { io, clock } = context;
    this.#context = context;
    this.#state = new ViewState(clock.nowMs());
    this.#screen = new Screen(io.stderr);
    this.#size = io.terminal.size() ?? DEFAULT_SIZE;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
    this.#stops = [
      io.terminal.atExit(SHOW_CURSOR),
      io.terminal.onSuspend(
        () => this.#pause(),
        () => {
          this.#isPaused = false;
        },
      ),
      io.terminal.onResize((size) => {
        this.#size = size;
      }),
    ];
  }

  readonly onEvent = (event: SuiteEvent): void => {
    if (this.#closing !== undefined) return;
    this.#state.apply(event, this.#context.clock.nowMs());
    if (event.kind === 'finished' && event.outcome.verdict !== 'passed' && isNews(event.outcome)) {
      this.#notices++;
      if (this.#notices <= MAX_NOTICES) this.#above.push(this.#notice(event));
      else if (this.#notices === MAX_NOTICES + 1) this.say('… the rest is only in the summary');
    }
  };

  say(line: string): void {
    this.#above.push(clip(line, this.#columns));
  }

  /** Two cannot draw on one terminal. */
  giveWay(): Promise<void> {
    return this.close();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isPaused = false;
    await this.#drawing;
    this.#draw();
    await this.#drawing;
    if (!this.#isGone) await this.#screen.clear(this.#size.cols).catch(() => undefined);
    for (const stop of this.#stops) stop();
  }

  /** The shell is to have its cursor while this process is stopped. */
  async #pause(): Promise<void> {
    this.#isPaused = true;
    await this.#drawing;
    if (!this.#isGone) await this.#screen.clear(this.#size.cols).catch(() => undefined);
  }

  get #columns(): number {
    return this.#size.cols - 1;
  }

  #notice({ outcome }: SuiteEvent & { kind: 'finished' }): string {
    return noticeLine(outcome, this.#columns, this.#context.colors);
  }

  #draw(): void {
    if (this.#drawing !== undefined || this.#isGone || this.#isPaused) return;
    const { clock, colors } = this.#context;
    const { cols: columns, rows } = this.#size;
    const lines = renderFrame(this.#state, { columns, rows }, { nowMs: clock.nowMs(), colors });
    this.#drawing = this.#screen
      .draw(lines, { columns, above: this.#above.splice(0) })
      .catch(() => {
        // The terminal is gone; the run and its reports go on.
        this.#isGone = true;
      })
      .finally(() => {
        this.#drawing = undefined;
      });
  }
}
