import { open } from 'node:fs/promises';
import { type CleanupStack, HotcellError, invalidSpec, quote, show } from '../core/index.js';
import type { RunningSandbox } from '../sandbox/index.js';
import type { Stdin } from '../spec/index.js';

/** Opened before the run is made: a file that cannot be read is an error of the job, not of the run. */
async function openInput(path: string, cleanup: CleanupStack): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw invalidSpec(`stdin: ${quote(path)}: ${why}`);
  });
  const stream = file.createReadStream();
  // Not awaited: closing waits for a read that is under way, and of a pipe nobody may ever write to that is for ever.
  cleanup.defer(() => void stream.destroy());
  if ((await file.stat()).isDirectory()) throw invalidSpec(`stdin: ${quote(path)} is a directory`);
  return stream;
}

const invalidUsage = (message: string): HotcellError => new HotcellError({ code: 'invalid-usage', message });

function givenStream(stream: AsyncIterable<Uint8Array> | undefined): AsyncIterable<Uint8Array> {
  if (stream === undefined)
    throw invalidUsage('stdin is { stream: true } but no stdin was given in the options of the run');
  // Not every caller has a compiler; and of a text whose characters come one by one nothing would say so.
  if (typeof (stream as Partial<typeof stream> | null)?.[Symbol.asyncIterator] === 'function') return stream;
  throw invalidUsage(
    `the stdin in the options of the run is no async iterable but ${show(stream)}; text and bytes go into the job's stdin`,
  );
}

/**
 * What the program will read, piece by piece; null = it gets no input at all.
 *
 * @throws HotcellError `invalid-spec` for a file that cannot be read, `invalid-usage` for a stream that is not there, or
 *   that nobody would read
 */
export async function inputOf(
  stdin: Stdin,
  stream: AsyncIterable<Uint8Array> | undefined,
  cleanup: CleanupStack,
): Promise<AsyncIterable<Uint8Array> | null> {
  if (stream !== undefined && stdin.kind !== 'stream') {
    throw invalidUsage(
      "a stdin was given in the options of the run, but the job's stdin is not { stream: true }, so that nobody would read it",
    );
  }
  switch (stdin.kind) {
    case 'empty':
      return null;
    case 'bytes':
      return once(stdin.bytes);
    case 'path':
      return openInput(stdin.path, cleanup);
    case 'stream':
      return givenStream(stream);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const ENDED = { done: true, value: undefined } as const;

/**
 * The next piece, or the end as soon as the run is over. Not Promise.race with `over`: that would keep a reaction for
 * every piece of a long dialogue until the run is over.
 */
function untilOver(
  over: Promise<unknown>,
): <T>(next: Promise<IteratorResult<T>>) => Promise<IteratorResult<T>> {
  let isOver = false;
  let end: (() => void) | undefined;
  const onOver = (): void => {
    isOver = true;
    end?.();
  };
  over.then(onOver, onOver);
  return (next) =>
    new Promise((resolve, reject) => {
      end = () => resolve(ENDED);
      if (isOver) end();
      next.then(resolve, reject);
    });
}

/** Ends as soon as the run does, whatever the source still has: the program may never read it. */
export async function feed(
  run: RunningSandbox,
  input: AsyncIterable<Uint8Array>,
  over: Promise<unknown>,
): Promise<void> {
  const iterator = input[Symbol.asyncIterator]();
  const orEnd = untilOver(over);
  for (;;) {
    const next = await orEnd(iterator.next());
    if (next.done || run.over) break;
    await run.write(next.value);
  }
  run.closeInput();
  // Not awaited: a source that waits for data that never comes would hold back the outcome.
  void iterator.return?.().then(undefined, () => undefined);
}
