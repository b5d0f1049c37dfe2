import { interruptible } from './interruptible.js';
import type { Images, LayerProgress, WorkOptions } from './model.js';
import { type Progress, type ProgressChoice, progressFor } from './progress.js';
import { type ImageContext, withImages } from './services.js';

export interface LongWork extends ProgressChoice {
  /** Lines that come before all others. */
  readonly head: readonly string[];
  /** @returns what is written to standard output at the end */
  readonly act: (images: Images, options: WorkOptions) => Promise<string>;
}

/** Says `head` when there is something to be said after it: not before an error. */
class Headed {
  readonly #progress: Progress;
  #head: readonly string[];

  constructor(progress: Progress, head: readonly string[]) {
    this.#progress = progress;
    this.#head = head;
  }

  readonly onProgress = (progress: LayerProgress): void => {
    this.sayHead();
    this.#progress.onProgress(progress);
  };

  sayHead(): void {
    for (const line of this.#head) this.#progress.say(line);
    this.#head = [];
  }
}

async function perform(images: Images, { act, head }: LongWork, progress: Progress, signal: AbortSignal) {
  const headed = new Headed(progress, head);
  try {
    const text = await act(images, { onProgress: headed.onProgress, signal });
    headed.sayHead();
    return text;
  } finally {
    await progress.close();
  }
}

/**
 * Something with the layers of images that takes its time: shown while it goes on, and broken off by a signal.
 *
 * @returns the exit code
 */
export async function longWork(context: ImageContext, work: LongWork): Promise<number> {
  const { io } = context;
  return await interruptible(io, async (signal) =>
    withImages(context, async (images) => {
      let text: string;
      try {
        text = await perform(images, work, progressFor(io, work), signal);
      } catch (error) {
        // Whoever broke it off knows why it failed.
        if (signal.aborted) return 1;
        throw error;
      }
      await io.stdout.write(text);
      return 0;
    }),
  );
}
