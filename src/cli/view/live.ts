import type { SuiteEvent } from '../test/engine.js';
import { renderFrame } from './frame.js';
import { LiveScreen } from './live-screen.js';
import { isNews, noticeLine } from './notice.js';
import { ViewState } from './state.js';
import type { View, ViewContext } from './view.js';

/** Failures that stay on the terminal; the rest is left to the summary. */
const MAX_NOTICES = 50;

/** Redraws a window of what goes on. */
export class LiveView implements View {
  readonly #context: ViewContext;
  readonly #state: ViewState;
  readonly #screen: LiveScreen;
  #notices = 0;

  constructor(context: ViewContext) {
    const { io, clock, colors } = context;
    const state = new ViewState(clock.nowMs());
    this.#context = context;
    this.#state = state;
    this.#screen = new LiveScreen({
      sink: io.stderr,
      terminal: io.terminal,
      render: ({ cols: columns, rows }) =>
        renderFrame(state, { columns, rows }, { nowMs: clock.nowMs(), colors }),
    });
  }

  readonly onEvent = (event: SuiteEvent): void => {
    if (this.#screen.isClosed) return;
    this.#state.apply(event, this.#context.clock.nowMs());
    if (event.kind === 'finished' && event.outcome.verdict !== 'passed' && isNews(event.outcome)) {
      this.#notices++;
      if (this.#notices <= MAX_NOTICES) this.#screen.sayPainted(this.#notice(event));
      else if (this.#notices === MAX_NOTICES + 1) this.say('… the rest is only in the summary');
    }
  };

  say(line: string): void {
    this.#screen.say(line);
  }

  /** Two cannot draw on one terminal. */
  giveWay(): Promise<void> {
    return this.close();
  }

  close(): Promise<void> {
    return this.#screen.close();
  }

  #notice({ outcome }: SuiteEvent & { kind: 'finished' }): string {
    return noticeLine(outcome, this.#screen.columns, this.#context.colors);
  }
}
