import type { Sink } from '../io/sink.js';
import { widthOf } from './width.js';

const HIDE_CURSOR = '\u001b[?25l';
/** For whoever has to put the terminal right when the process ends early. */
export const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\u001b[K';
// Terminals that know them show all in between at once, the others take no notice.
// https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
/** Terminals differ in which characters are wide; what one of them takes to be too long must not become two lines. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

/**
 * A few lines at the bottom of a terminal that are drawn over and over, and lines above them that stay. The cursor waits,
 * unseen, below the last line.
 */
export class Screen {
  readonly #sink: Sink;
  #widths: readonly number[] = [];
  #hidden = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Draws `lines` in place of those drawn before, and before them, to stay, `above`. */
  async draw(
    lines: readonly string[],
    { columns, above = [] }: { readonly columns: number; readonly above?: readonly string[] },
  ): Promise<void> {
    const text = [...above, ...lines].map((line) => `${line}${CLEAR_LINE}\n`).join('');
    const hide = this.#hidden ? '' : HIDE_CURSOR;
    const up = this.#up(columns);
    this.#hidden = true;
    this.#widths = lines.map(widthOf);
    await this.#sink.write(`${BEGIN}${hide}${NO_WRAP}${up}${text}${CLEAR_BELOW}${WRAP}${END}`);
  }

  /** Takes the lines away and gives the cursor back. */
  async clear(columns: number): Promise<void> {
    if (!this.#hidden) return;
    const up = this.#up(columns);
    this.#hidden = false;
    this.#widths = [];
    await this.#sink.write(`${up}${CLEAR_BELOW}${SHOW_CURSOR}`);
  }

  /** A terminal that became narrower has broken the lines that no longer fit. */
  #up(columns: number): string {
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '\r' : `\r\u001b[${rows}A`;
  }
}
