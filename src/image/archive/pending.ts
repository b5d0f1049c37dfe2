import { badArchive } from '../compression/index.js';
import { checkGlobal, type Extension, NO_EXTENSION } from './entry.js';
import { BLOCK_BYTES, type Header } from './header.js';
import { readPax } from './pax.js';

/** What `tar`'s Parser reads of an extended header; it passes over longer ones in silence. */
const MAX_EXTENSION_BYTES = 1024 * 1024;

const EXTENSIONS = ['x', 'g', 'L', 'K'] as const;
type ExtensionType = (typeof EXTENSIONS)[number];

/** Whether this header is followed by something about the entry after it (or about all, or nothing) and is no entry itself. */
export const isExtension = (header: Header): boolean =>
  (EXTENSIONS as readonly string[]).includes(header.type);

/** The bytes that contents take up, with what fills their last block. */
export const paddedBytes = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** @throws HotcellError `bad-archive` when it is too long to be held in memory */
export function extensionBytes(header: Header): number {
  if (header.size <= MAX_EXTENSION_BYTES) return header.size;
  throw badArchive(`an extended header has ${header.size} bytes; at most ${MAX_EXTENSION_BYTES} are allowed`);
}

/** GNU's long names end at a NUL, and nothing but NULs may follow it. */
function longText(body: Buffer): Buffer {
  const end = body.indexOf(0);
  const text = end < 0 ? body : body.subarray(0, end);
  if (text.length > 0 && body.subarray(text.length).every((byte) => byte === 0)) return text;
  throw badArchive('a long name is empty, or something follows its end');
}

/** Collects what extended headers say until the entry comes that they are about. */
export class Pending {
  private extension: Extension = NO_EXTENSION;
  private readonly seen = new Set<ExtensionType>();

  /** @throws HotcellError `bad-archive` for what is damaged, and for two of a kind: readers differ on which counts */
  add(header: Header, body: Buffer): void {
    const type = header.type as ExtensionType;
    if (this.seen.has(type)) throw badArchive('two extended headers of one kind belong to the same entry');
    if (type === 'g') {
      // docker forgets what stood before it.
      this.checkEmpty();
      checkGlobal(readPax(body));
      return;
    }
    this.seen.add(type);
    if (type === 'L') this.extension = { ...this.extension, longName: longText(body) };
    else if (type === 'K') this.extension = { ...this.extension, longLink: longText(body) };
    else this.extension = { ...this.extension, records: readPax(body) };
    this.checkNames();
  }

  take(): Extension {
    const { extension } = this;
    this.extension = NO_EXTENSION;
    this.seen.clear();
    return extension;
  }

  /** @throws HotcellError `bad-archive` when no entry followed */
  checkEmpty(): void {
    if (this.seen.size > 0) throw badArchive('an extended header is followed by no entry');
  }

  private checkNames(): void {
    const { records, longName, longLink } = this.extension;
    if (longName !== undefined && records.has('path')) throw badArchive('an entry has two long names');
    if (longLink !== undefined && records.has('linkpath')) throw badArchive('an entry has two long targets');
  }
}
