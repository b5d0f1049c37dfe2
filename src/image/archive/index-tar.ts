import type { FileHandle } from 'node:fs/promises';
import { badArchive } from '../compression/index.js';
import { type EntryType, entryOf, nameOf, type TarEntry } from './entry.js';
import { BLOCK_BYTES, type Header, isZeroBlock, readHeader } from './header.js';
import { MAX_PATH_BYTES, pathOf } from './names.js';
import { extensionBytes, isExtension, Pending, paddedBytes } from './pending.js';
import { atByte, inEntry } from './where.js';

/** A file in an archive that lies on disk, or something that stands for one. */
export interface TarMember {
  /** Without a slash or `./` in front. */
  readonly name: string;
  readonly type: EntryType;
  /** Where its content begins in the archive. */
  readonly offset: number;
  readonly size: number;
  /** Of links, as it stands there. */
  readonly link: string;
}

export interface IndexLimits {
  readonly members: number;
}

/** An image has some hundred layers at most, with a handful of files for each. */
const DEFAULT_INDEX_LIMITS: IndexLimits = { members: 10_000 };

const NAME_LIMITS = { depth: 32, pathBytes: MAX_PATH_BYTES } as const;
/** Archives are filled up with zeros; tools do so to a multiple of 10 KiB. */
const MAX_TRAILER_BYTES = 1024 * 1024;

class Indexer {
  private readonly members = new Map<string, TarMember>();
  private readonly pending = new Pending();
  private offset = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
    private readonly limits: IndexLimits,
  ) {}

  async run(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, TarMember>> {
    for (;;) {
      signal?.throwIfAborted();
      const block = await this.take(BLOCK_BYTES);
      if (isZeroBlock(block)) break;
      const header = atByte(this.offset - BLOCK_BYTES, () => readHeader(block));
      if (isExtension(header)) await this.extension(header);
      else this.entry(header);
    }
    this.pending.checkEmpty();
    if (!isZeroBlock(await this.take(BLOCK_BYTES))) throw badArchive('an empty block stands between entries');
    await this.checkTrailer();
    return this.members;
  }

  /** The next bytes of the archive. */
  private async take(bytes: number): Promise<Buffer> {
    const buffer = Buffer.alloc(bytes);
    this.skip(bytes);
    const { bytesRead } = await this.file.read(buffer, 0, bytes, this.offset - bytes);
    if (bytesRead !== bytes) throw badArchive('the archive became shorter while it was read');
    return buffer;
  }

  private skip(bytes: number): void {
    this.offset += bytes;
    if (this.offset > this.size) throw badArchive('the archive ends in the middle: it is truncated');
  }

  private async extension(header: Header): Promise<void> {
    const bytes = extensionBytes(header);
    const body = await this.take(paddedBytes(bytes));
    this.pending.add(header, body.subarray(0, bytes));
  }

  private entry(header: Header): void {
    const extension = this.pending.take();
    inEntry(nameOf(header, extension), () => {
      const entry = entryOf(header, extension);
      this.add(entry);
      this.skip(paddedBytes(entry.size));
    });
  }

  private add({ name, type, link, size }: TarEntry): void {
    const text = Buffer.from(pathOf(name, NAME_LIMITS).text, 'latin1').toString('utf8');
    if (text === '' || type === 'directory') return;
    // The last of several of one name counts, as it would if the archive were unpacked.
    this.members.set(text, { name: text, type, offset: this.offset, size, link: link.toString('utf8') });
    if (this.members.size > this.limits.members) {
      throw badArchive(
        `the archive has more than ${this.limits.members} files, which is the most that is allowed`,
      );
    }
  }

  private async checkTrailer(): Promise<void> {
    const bytes = this.size - this.offset;
    if (bytes > MAX_TRAILER_BYTES || (await this.take(bytes)).some((byte) => byte !== 0)) {
      throw badArchive('something follows the end of the archive: trailing garbage');
    }
  }
}

/**
 * Finds the files in a tar archive that is not compressed, by name. Contents are passed over, and nothing is unpacked.
 * Directories are left out.
 *
 * @throws HotcellError `bad-archive` for what {@link unpackLayer} would refuse too, and over the limits; the signal's reason
 */
export async function indexTar(
  file: FileHandle,
  limits: IndexLimits = DEFAULT_INDEX_LIMITS,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TarMember>> {
  const { size } = await file.stat();
  if (size === 0) throw badArchive('the archive is empty');
  return new Indexer(file, size, limits).run(signal);
}
