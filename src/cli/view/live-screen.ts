import type { Sink } from '../io/sink.js';
import type { Terminal, TerminalSize } from '../io/terminal.js';
import { Screen, SHOW_CURSOR } from './screen.js';
import { clip } from './width.js';

/** Eight times a second: more cannot be read. */
const REDRAW_MS = 125;

const DEFAULT_SIZE: TerminalSize = { rows: 24, cols: 80 };

export interface LiveScreenInit {
  readonly sink: Sink;
  readonly terminal: Terminal;
  /** The lines as they are to be now: none wider than the terminal, and fewer than it has rows. */
  readonly render: (size: TerminalSize) => readonly string[];
}

/**
 * Lines at the bottom of a terminal that are redrawn a few times a second until they are closed. What goes on never waits
 * for it: a terminal that is slow is drawn less often, and one that is gone not at all.
 */
export class LiveScreen {
  readonly #render: LiveScreenInit['render'];
  readonly #screen: Screen;
  readonly #timer: NodeJS.Timeout;
  readonly #stops: readonly (() => void)[];
  readonly #above: string[] = [];
  #drawing: Promise<void> | undefined;
  #size: TerminalSize;
  #isGone = false;
  #isPaused = false;
  #closing: Promise<void> | undefined;

  constructor({ sink, terminal, render }: LiveScreenInit) {
    this.#render = render;
    this.#screen = new Screen(sink);
    this.#size = terminal.size() ?? DEFAULT_SIZE;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
    this.#stops = [
      terminal.atExit(SHOW_CURSOR),
      terminal.onSuspend(
        () => this.#pause(),
        () => {
          this.#isPaused = false;
        },
      ),
      terminal.onResize((size) => {
        this.#size = size;
      }),
    ];
  }

  /** Columns that a line may have: not the last, since many terminals would go to the next line after it. */
  get columns(): number {
    return this.#size.cols - 1;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** A line that stays above those that are redrawn; its text is made harmless, and cut. */
  say(line: string): void {
    this.sayPainted(clip(line, this.columns));
  }

  /** The same for one that is harmless and fits already. */
  sayPainted(line: string): void {
    this.#above.push(line);
  }

  /** Resolves when the lines are gone and the terminal is as it was, however often. Never rejects. */
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
    await this.#clear();
    for (const stop of this.#stops) stop();
  }

  /** The shell is to have its cursor while this process is stopped. */
  async #pause(): Promise<void> {
    this.#isPaused = true;
    await this.#drawing;
    await this.#clear();
  }

  async #clear(): Promise<void> {
    if (!this.#isGone) await this.#screen.clear(this.#size.cols).catch(() => undefined);
  }

  #draw(): void {
    if (this.#drawing !== undefined || this.#isGone || this.#isPaused) return;
    const { cols: columns } = this.#size;
    this.#drawing = this.#screen
      .draw(this.#render(this.#size), { columns, above: this.#above.splice(0) })
      .catch(() => {
        // The terminal is gone; what it showed goes on.
        this.#isGone = true;
      })
      .finally(() => {
        this.#drawing = undefined;
      });
  }
}
