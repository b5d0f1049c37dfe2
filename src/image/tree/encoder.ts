import { Chunk } from './chunk.js';
import type {
  TreeEntry,
  TreeFile,
  TreeHardlink,
  TreePath,
  TreeSymlink,
  TreeTime,
  TreeXattr,
} from './entries.js';
import { treeLimits, treeVersion } from './ops-table.js';
import type { TreeSink } from './sink.js';

/** Large enough that a change of process for each costs little, and no larger than an operation `data` may be. */
const CHUNK_BYTES = 256 * 1024;

/** Undefined = go on at once. */
export type Taken = Promise<void> | undefined;

/**
 * Tells a sink what to write. While one chunk is on its way the next is filled; an operation gives a promise only when
 * both are full, and that has to be awaited before the next operation. It rejects with what the sink threw, as do `end`
 * and all that come after.
 */
export class TreeEncoder {
  readonly #sink: TreeSink;
  #chunk = new Chunk(CHUNK_BYTES);
  #other = new Chunk(CHUNK_BYTES);
  #sending: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(sink: TreeSink) {
    this.#sink = sink;
    this.#chunk.begin('begin').u32(treeVersion).finish();
  }

  #owned<Entry extends Pick<TreeEntry, 'uid' | 'gid'>>(entry: Entry): Entry {
    return this.#sink.hasOneOwner === true ? { ...entry, uid: 0, gid: 0 } : entry;
  }

  /** Over a directory: keeps what is in it. Over anything else: replaces it. */
  directory(entry: TreeEntry): Taken {
    this.#chunk.begin('directory').attributes(this.#owned(entry)).path(entry.path).finish();
    return this.#send();
  }

  /** As all that follow: replaces what is there, a directory with all that is in it. */
  file(entry: TreeFile): Taken {
    this.#chunk.begin('file').attributes(this.#owned(entry)).u64(entry.size).path(entry.path).finish();
    return this.#send();
  }

  data(bytes: Uint8Array): Taken {
    for (let at = 0; at < bytes.byteLength; ) {
      at += this.#chunk.data(at === 0 ? bytes : bytes.subarray(at));
      const taken = this.#send();
      if (taken !== undefined) return this.#rest(taken, bytes.subarray(at));
    }
    return undefined;
  }

  symlink(entry: TreeSymlink): Taken {
    this.#chunk.begin('symlink').attributes(this.#owned({ ...entry, mode: 0o777 }));
    this.#chunk.path(entry.target).path(entry.path).finish();
    return this.#send();
  }

  hardlink({ target, path }: TreeHardlink): Taken {
    this.#chunk.begin('hardlink').path(target).path(path).finish();
    return this.#send();
  }

  fifo(entry: TreeEntry): Taken {
    this.#chunk.begin('fifo').attributes(this.#owned(entry)).path(entry.path).finish();
    return this.#send();
  }

  /** Nothing of lower layers is to be seen there. What this tree has there stays. */
  whiteout(path: TreePath): Taken {
    this.#chunk.begin('whiteout').path(path).finish();
    return this.#send();
  }

  /** Nothing of what lower layers have in that directory is to be seen. */
  opaque(path: TreePath): Taken {
    this.#chunk.begin('opaque').path(path).finish();
    return this.#send();
  }

  xattr({ path, name, value }: TreeXattr): Taken {
    this.#chunk.begin('xattr').path(path).string(name, treeLimits.nameMaxBytes, 'the name of an attribute');
    this.#chunk.string(value, treeLimits.xattrMaxBytes, 'an attribute').finish();
    return this.#send();
  }

  /** Of a directory, once everything in it is there. If it has become something else, nothing. */
  times(path: TreePath, mtime: TreeTime): Taken {
    this.#chunk.begin('times').time(mtime).path(path).finish();
    return this.#send();
  }

  /** With everything in it; none of that name is fine. */
  remove(path: TreePath): Taken {
    this.#chunk.begin('remove').path(path).finish();
    return this.#send();
  }

  /** `sync`: waits until it is on disk. */
  async end({ sync = true }: { readonly sync?: boolean } = {}): Promise<void> {
    this.#chunk
      .begin('end')
      .u32(sync ? 1 : 0)
      .finish();
    await this.#sending;
    this.#check();
    this.#start();
    await this.#sending;
    this.#check();
    await this.#sink.end();
  }

  abort(): Promise<void> {
    return this.#sink.abort();
  }

  async #rest(taken: Promise<void>, bytes: Uint8Array): Promise<void> {
    await taken;
    await this.data(bytes);
  }

  #send(): Taken {
    if (!this.#chunk.isFull) return undefined;
    if (this.#sending !== undefined || this.#failure !== undefined) return this.#sendAfter(this.#sending);
    this.#start();
    return undefined;
  }

  async #sendAfter(sending: Promise<void> | undefined): Promise<void> {
    await sending;
    this.#check();
    this.#start();
  }

  #start(): void {
    const chunk = this.#chunk;
    this.#chunk = this.#other;
    this.#other = chunk;
    this.#sending = this.#sink
      .write(chunk.bytes)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        chunk.clear();
        this.#sending = undefined;
      });
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
