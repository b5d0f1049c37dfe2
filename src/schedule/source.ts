/** Reads tasks from where they come from, no faster than there is room for them. */

export type Source<T> = Iterable<T> | AsyncIterable<T>;

export interface Sink<T> {
  add(task: T): void;
  /** Resolves when another may be added. */
  room(): Promise<void> | undefined;
  /** Whether no more are wanted. */
  closed(): boolean;
}

/** A list is read in pieces of this many, so that signals are heard in between. */
const AT_ONCE = 4096;

/** @throws what the source or the sink throws */
export async function pour<T>(source: Source<T>, sink: Sink<T>): Promise<void> {
  if (Symbol.iterator in source) await pourList(source, sink);
  else await pourStream(source, sink);
}

async function pourList<T>(tasks: Iterable<T>, sink: Sink<T>): Promise<void> {
  let read = 0;
  for (const task of tasks) {
    await sink.room();
    if (sink.closed()) return;
    sink.add(task);
    if (++read % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function pourStream<T>(tasks: AsyncIterable<T>, sink: Sink<T>): Promise<void> {
  for await (const task of tasks) {
    await sink.room();
    if (sink.closed()) return;
    sink.add(task);
  }
}
