import { badArchive, isDisguised } from '../compression/index.js';
import { entryOf, nameOf, type TarEntry } from './entry.js';
import { Gather } from './gather.js';
import { BLOCK_BYTES, type Header, isZeroBlock, readHeader } from './header.js';
import { extensionBytes, isExtension, Pending, paddedBytes } from './pending.js';
import { SecondReader } from './second-reader.js';
import { aboutEntry, atByte, inEntry } from './where.js';

/** What an archive says next. Contents of a file come after its entry; `done` ends every entry. */
export type TarEvent =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'done' };

type State = 'header' | 'extension' | 'body' | 'second-zero' | 'trailer';

const DONE: TarEvent = { kind: 'done' };
/** Looked at in pieces of this size. */
const TRAILER_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(TRAILER_BYTES);

/**
 * Reads an archive strictly, from chunks that are pushed: damaged, truncated, ambiguous ones are refused, and no entry is
 * passed over in silence.
 *
 * `tar`'s Parser takes the contents out, and is asked whether it sees the same entries. It is not enough alone: it makes
 * text of names and loses bytes that are not UTF-8, drops extended attributes and fractions of seconds, takes a negative
 * or senseless size for 0, passes over unknown types and long extended headers, and reads records by lines, not lengths.
 */
export class TarReader {
  private readonly gather = new Gather();
  private readonly pending = new Pending();
  private readonly second = new SecondReader();
  private state: State = 'header';
  private offset = 0;
  /** What the extended header at hand says, and its block. */
  private extension: { readonly header: Header; readonly block: Buffer } | null = null;
  private entry: TarEntry | null = null;
  /** Bytes in blocks that the entry's content still takes up. */
  private remaining = 0;

  push(chunk: Uint8Array): void {
    this.gather.push(chunk);
  }

  /**
   * The next event; null when another chunk has to be pushed first.
   *
   * @throws HotcellError `bad-archive`
   */
  next(): TarEvent | null {
    for (;;) {
      if (this.state === 'body') return this.body();
      if (this.state === 'trailer') return this.trailer();
      const bytes = this.state === 'extension' ? this.extensionSize() : BLOCK_BYTES;
      const block = this.gather.exactly(bytes);
      if (block === null) return null;
      const event = this.block(block);
      this.offset += bytes;
      if (event !== null) return event;
    }
  }

  /** Bytes of the archive read so far. */
  get position(): number {
    return this.offset;
  }

  /** Call this after the last chunk. @throws HotcellError `bad-archive` when the archive is not whole */
  finish(): void {
    if (this.offset === 0 && !this.gather.isPartial) throw badArchive('the archive is empty');
    if (this.state === 'body' && this.entry !== null) {
      throw aboutEntry(this.entry.name, badArchive('the archive ends in the middle of it: it is truncated'));
    }
    if (this.state !== 'trailer' || this.gather.isPartial) {
      throw badArchive('the archive has no end, which two empty blocks mark: it is truncated');
    }
    this.second.end();
  }

  private extensionSize(): number {
    return paddedBytes(this.extension?.header.size ?? 0);
  }

  private block(block: Buffer): TarEvent | null {
    const header = atByte(this.offset, () => this.headerIn(block));
    return header === null ? null : this.begin(block, header);
  }

  /** The header of an entry that begins; null for all else. */
  private headerIn(block: Buffer): Header | null {
    if (this.state === 'extension') return this.extensionBody(block);
    if (this.state === 'second-zero') return this.secondZero(block);
    if (isZeroBlock(block)) {
      this.pending.checkEmpty();
      this.state = 'second-zero';
      return null;
    }
    const header = readHeader(block);
    this.checkDisguise(block);
    return isExtension(header) ? this.beginExtension(block, header) : header;
  }

  private begin(block: Buffer, header: Header): TarEvent {
    const extension = this.pending.take();
    return inEntry(nameOf(header, extension), () => {
      this.entry = entryOf(header, extension);
      this.second.header(block, header, this.entry);
      this.remaining = paddedBytes(this.entry.size);
      this.state = 'body';
      return { kind: 'entry', entry: this.entry };
    });
  }

  private checkDisguise(block: Buffer): void {
    if (this.offset === 0 && isDisguised(block))
      throw badArchive('the first name is the mark of a compressed file');
  }

  private beginExtension(block: Buffer, header: Header): null {
    const bytes = extensionBytes(header);
    // A copy: the chunk that it is part of may be gone when the body comes.
    this.extension = { header, block: Buffer.from(block) };
    if (bytes > 0) this.state = 'extension';
    else this.extensionBody(Buffer.alloc(0));
    return null;
  }

  private extensionBody(body: Buffer): null {
    const { extension } = this;
    if (extension === null) return null;
    this.pending.add(extension.header, body.subarray(0, extension.header.size));
    this.second.extension(extension.block, body);
    this.state = 'header';
    return null;
  }

  private body(): TarEvent | null {
    if (this.remaining === 0) {
      this.state = 'header';
      return DONE;
    }
    const blocks = this.gather.units(BLOCK_BYTES, this.remaining);
    if (blocks === null) return null;
    this.remaining -= blocks.length;
    this.offset += blocks.length;
    const bytes = this.second.body(blocks);
    return bytes === null ? this.body() : { kind: 'data', bytes };
  }

  private secondZero(block: Buffer): null {
    if (!isZeroBlock(block)) throw badArchive('an empty block stands between entries');
    this.state = 'trailer';
    return null;
  }

  /** Archives are filled up with zeros to a multiple of 10 KiB, or any other. */
  private trailer(): null {
    for (
      let bytes = this.gather.units(1, TRAILER_BYTES);
      bytes !== null;
      bytes = this.gather.units(1, TRAILER_BYTES)
    ) {
      if (!bytes.equals(ZEROS.subarray(0, bytes.length))) {
        throw badArchive(
          `at byte ${this.offset} of the archive: something follows its end: trailing garbage`,
        );
      }
      this.offset += bytes.length;
    }
    return null;
  }
}
