import { createReadStream } from 'node:fs';
import { HotcellError } from '../core/index.js';
import type { LaunchedRun } from '../launcher/index.js';
import type { Stdin } from '../spec/index.js';

/** What the program will read, piece by piece; null = it gets no input at all. */
export function inputOf(stdin: Stdin, stream: AsyncIterable<Uint8Array> | undefined): AsyncIterable<Uint8Array> | null {
  switch (stdin.kind) {
    case 'empty':
      return null;
    case 'bytes':
      return once(stdin.bytes);
    case 'path':
      return createReadStream(stdin.path);
    case 'stream':
      if (stream !== undefined) return stream;
      throw new HotcellError({
        code: 'invalid-usage',
        message: 'stdin is { stream: true } but no stdin was given in the options of the run',
      });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Ends as soon as the run does, whatever the source still has: the program may never read it. */
export async function feed(run: LaunchedRun, input: AsyncIterable<Uint8Array>, over: Promise<unknown>): Promise<void> {
  const iterator = input[Symbol.asyncIterator]();
  const ended = over.then(
    () => ({ done: true, value: undefined }) as const,
    () => ({ done: true, value: undefined }) as const,
  );
  for (;;) {
    const next = await Promise.race([iterator.next(), ended]);
    if (next.done || run.over) break;
    await run.write(next.value);
  }
  run.closeInput();
  // Not awaited: a source that waits for data that never comes would hold back the outcome.
  void iterator.return?.().then(undefined, () => undefined);
}
