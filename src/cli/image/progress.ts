import { type Colors, colors, wantsColor } from '../color.js';
import type { Io } from '../io/io.js';
import type { Sink } from '../io/sink.js';
import type { Terminal } from '../io/terminal.js';
import { oneLine } from '../text.js';
import { wantsLive } from '../view/choose.js';
import { LiveScreen } from '../view/live-screen.js';
import { idCell } from './ids.js';
import { layerFrame } from './layer-frame.js';
import type { LayerProgress, Phase } from './model.js';
import { isOver, PHASE_WORDS, type Work } from './phase-words.js';

/** What shows a person how far layers have got. */
export interface Progress {
  readonly onProgress: (progress: LayerProgress) => void;
  /** A line of ours, which stays. */
  say(line: string): void;
  /** Resolves when all is written, and the terminal is as it was. Never rejects: a view is not worth the work. */
  close(): Promise<void>;
}

const NO_PROGRESS: Progress = {
  onProgress: () => undefined,
  say: () => undefined,
  close: () => Promise.resolve(),
};

/** What is said when a layer has got so far, once; whatever it begins with, the first line is the first phase's. */
class Sayer {
  readonly #work: Work;
  readonly #said = new Map<string, Set<string>>();

  constructor(work: Work) {
    this.#work = work;
  }

  *lines({ id, phase }: LayerProgress): Generator<string, void, undefined> {
    const said = this.#said.get(id) ?? new Set();
    const isFirst = !this.#said.has(id);
    this.#said.set(id, said);
    const phases: readonly Phase[] = isFirst && phase !== 'exists' ? ['waiting', phase] : [phase];
    for (const each of phases) {
      const words = PHASE_WORDS[this.#work][each].said;
      if (words === null || said.has(words)) continue;
      said.add(words);
      yield `${idCell(id, true)}: ${words}`;
    }
  }
}

/** A line for each step of each layer, for a pipe or a log. */
class PlainProgress implements Progress {
  readonly #sink: Sink;
  readonly #sayer: Sayer;
  #written: Promise<void> = Promise.resolve();

  constructor(sink: Sink, work: Work) {
    this.#sink = sink;
    this.#sayer = new Sayer(work);
  }

  readonly onProgress = (progress: LayerProgress): void => {
    for (const line of this.#sayer.lines(progress)) this.say(line);
  };

  say(line: string): void {
    // A reader that is gone is noticed by whoever writes the result.
    this.#written = this.#sink.write(`${oneLine(line)}\n`).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#written;
  }
}

interface LiveContext {
  readonly sink: Sink;
  readonly terminal: Terminal;
  readonly work: Work;
  readonly colors: Colors;
}

/** A bar for each layer that is under way; what is done stays as a line above. */
class LiveProgress implements Progress {
  readonly #layers = new Map<string, LayerProgress>();
  readonly #work: Work;
  readonly #screen: LiveScreen;

  constructor({ sink, terminal, ...look }: LiveContext) {
    const layers = this.#layers;
    this.#work = look.work;
    this.#screen = new LiveScreen({
      sink,
      terminal,
      render: (size) =>
        layerFrame(
          [...layers.values()].filter(({ phase }) => !isOver(phase)),
          size,
          look,
        ),
    });
  }

  readonly onProgress = (progress: LayerProgress): void => {
    const before = this.#layers.get(progress.id)?.phase;
    this.#layers.set(progress.id, progress);
    const { said } = PHASE_WORDS[this.#work][progress.phase];
    if (!isOver(progress.phase) || said === null || before === progress.phase) return;
    this.say(`${idCell(progress.id, true)}: ${said}`);
  };

  say(line: string): void {
    this.#screen.say(line);
  }

  close(): Promise<void> {
    return this.#screen.close();
  }
}

export interface ProgressChoice {
  readonly work: Work;
  /** Where it goes: not to standard output where that is for data. */
  readonly to: 'stdout' | 'stderr';
  readonly quiet: boolean;
  /** Whether steps are worth a line each where nothing can be redrawn. */
  readonly plain: boolean;
  /** False after `--no-color`. */
  readonly color: boolean;
}

export function progressFor(io: Io, { work, to, quiet, plain, color }: ProgressChoice): Progress {
  if (quiet) return NO_PROGRESS;
  const isTty = to === 'stdout' ? io.stdoutIsTty : io.stderrIsTty;
  const sink = io[to];
  if (!wantsLive({ stderrIsTty: isTty, env: io.env })) {
    return plain ? new PlainProgress(sink, work) : NO_PROGRESS;
  }
  const paint = colors(wantsColor({ env: io.env, flag: color, isTty }));
  return new LiveProgress({ sink, terminal: io.terminal, work, colors: paint });
}
