import { Header, Pax } from 'tar';
import { HotcellError, quote } from '../../core/index.js';
import { BLOCK_BYTES } from './header.js';
import { paddedBytes } from './pending.js';

interface Attributes {
  /** Relative, without `.` and `..`. */
  readonly path: string;
  /** 0644, of directories 0755, by default. */
  readonly mode?: number;
  /** 0 by default, as is the group. */
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970; 0 by default. */
  readonly mtime?: number;
}

export type WritableEntry = Attributes &
  (
    | { readonly type: 'directory' }
    | { readonly type: 'symlink' | 'hardlink'; readonly target: string }
    | {
        readonly type: 'file';
        readonly size: number;
        readonly content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
      }
  );

const TYPE_NAMES = {
  directory: 'Directory',
  symlink: 'SymbolicLink',
  hardlink: 'Link',
  file: 'File',
} as const;
const DEFAULT_MODES = { directory: 0o755, symlink: 0o777, hardlink: 0o644, file: 0o644 } as const;

/** An entry's header, with an extended one before it when it does not fit. */
function headerOf(entry: WritableEntry): Buffer {
  const { type, mode = DEFAULT_MODES[type], uid = 0, gid = 0, mtime = 0 } = entry;
  const fields = {
    path: type === 'directory' ? `${entry.path}/` : entry.path,
    size: type === 'file' ? entry.size : 0,
    uid,
    gid,
    mtime: new Date(mtime * 1000),
    ...('target' in entry ? { linkpath: entry.target } : {}),
  };
  const header = new Header({ ...fields, mode, type: TYPE_NAMES[type] });
  const block = Buffer.alloc(BLOCK_BYTES);
  return header.encode(block) ? Buffer.concat([new Pax(fields).encode(), block]) : block;
}

/** @throws HotcellError `io` when the content is not as long as was said: what follows would be read as something else */
async function* contentOf(entry: WritableEntry & { type: 'file' }): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of entry.content) {
    bytes += chunk.length;
    if (bytes > entry.size) break;
    yield chunk;
  }
  if (bytes !== entry.size) {
    const message = `${quote(entry.path)} should have ${entry.size} bytes, and has ${bytes > entry.size ? 'more' : bytes}`;
    throw new HotcellError({ code: 'io', message });
  }
  yield Buffer.alloc(paddedBytes(bytes) - bytes);
}

/**
 * A tar archive (ustar, with pax headers where needed) of these entries in this order: the same bytes for the same entries,
 * whenever and wherever.
 *
 * @throws HotcellError `io` when a content is not as long as was said
 */
export async function* writeTar(
  entries: Iterable<WritableEntry> | AsyncIterable<WritableEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield headerOf(entry);
    if (entry.type === 'file') yield* contentOf(entry);
  }
  yield Buffer.alloc(2 * BLOCK_BYTES);
}
