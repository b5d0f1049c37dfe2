import { closeSync, openSync, readSync } from 'node:fs';
import { HotcellError } from '../core/index.js';
import type { Outcome } from '../spec/index.js';
import { ioError } from './io-error.js';
import { type JournalEntry, parseLine } from './journal.js';

type Place = Pick<JournalEntry, 'start' | 'length'> & { readonly id: string };

function readRange(path: string, { start, length }: Place): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const read = readSync(file, bytes, done, length - done, start + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

/**
 * Outcomes of a journal by keys. Only their places are held: each is read when it is asked for, so that a long run can be
 * taken up without all of it in memory. A journal only ever gets longer.
 */
export class JudgedOutcomes implements ReadonlyMap<string, Outcome> {
  readonly #path: string;
  readonly #places = new Map<string, Place>();

  constructor(path: string) {
    this.#path = path;
  }

  get size(): number {
    return this.#places.size;
  }

  /** The `id`s of the outcomes. */
  get ids(): ReadonlySet<string> {
    return new Set(Array.from(this.#places.values(), ({ id }) => id));
  }

  /** Instead of what the key had. */
  put(key: string, { outcome: { id }, start, length }: JournalEntry): void {
    this.#places.set(key, { id, start, length });
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** @throws HotcellError `io` when the journal is not what it was any more */
  get(key: string): Outcome | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#read(place);
  }

  keys(): MapIterator<string> {
    return this.#places.keys();
  }

  *values(): MapIterator<Outcome> {
    for (const place of this.#places.values()) yield this.#read(place);
  }

  *entries(): MapIterator<[string, Outcome]> {
    for (const [key, place] of this.#places) yield [key, this.#read(place)];
  }

  [Symbol.iterator](): MapIterator<[string, Outcome]> {
    return this.entries();
  }

  forEach(tell: (outcome: Outcome, key: string, map: ReadonlyMap<string, Outcome>) => void): void {
    for (const [key, outcome] of this) tell(outcome, key, this);
  }

  #read(place: Place): Outcome {
    const outcome = parseLine(this.#bytes(place))?.outcome;
    if (outcome?.id === place.id) return outcome;
    throw new HotcellError({ code: 'io', message: `${this.#path} has changed while it was read` });
  }

  #bytes(place: Place): Buffer {
    try {
      return readRange(this.#path, place);
    } catch (cause) {
      throw ioError(`cannot read ${this.#path}`, cause);
    }
  }
}
