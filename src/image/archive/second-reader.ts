import { Parser, type ReadEntry } from 'tar';
import { badArchive } from '../compression/index.js';
import type { EntryType, TarEntry } from './entry.js';
import { type Header, withSomeLink } from './header.js';
import { paddedBytes } from './pending.js';

/** How `tar` calls the types. */
const TYPE_NAMES: Readonly<Record<EntryType, readonly string[]>> = {
  file: ['File'],
  hardlink: ['Link'],
  symlink: ['SymbolicLink'],
  device: ['CharacterDevice', 'BlockDevice'],
  directory: ['Directory'],
  fifo: ['FIFO'],
};

const NEWLINE = 0x0a;

/** `tar` makes text of names, and reads records line by line: other names it cannot give as they are. */
function isSpeakable(name: Buffer): boolean {
  return !name.includes(NEWLINE) && Buffer.from(name.toString('utf8')).equals(name);
}

const differs = (name: Buffer, read: string | undefined): boolean =>
  name.toString('utf8') !== (read ?? '') && isSpeakable(name);

/**
 * `tar`'s Parser, driven one block at a time: it takes contents out of an archive, and must see the same entries as we do. An
 * archive that two readers read differently is one that says one thing to a scanner and another to us.
 */
export class SecondReader {
  private readonly parser: Parser;
  private entry: ReadEntry | null = null;
  private content: Buffer | null = null;
  private failure: string | null = null;
  private used = false;

  constructor() {
    this.parser = new Parser({
      strict: true,
      brotli: false,
      zstd: false,
      onReadEntry: (entry) => this.begin(entry),
    });
    this.parser.on('error', (error: Error) => {
      this.failure ??= error.message;
    });
    this.parser.on('ignoredEntry', () => {
      this.failure ??= 'it is not known to tar';
    });
  }

  /** An extended header with its body. */
  extension(block: Buffer, body: Buffer): void {
    this.write(block);
    if (body.length > 0) this.write(body);
  }

  /** @throws HotcellError `bad-archive` when it is not read as the same entry */
  header(block: Buffer, header: Header, entry: TarEntry): void {
    this.entry = null;
    const isLink = entry.type === 'symlink' || entry.type === 'hardlink';
    this.write(isLink && header.link.length === 0 && entry.link.length > 0 ? withSomeLink(block) : block);
    const read = this.entry as ReadEntry | null;
    if (
      read === null ||
      !TYPE_NAMES[entry.type].includes(read.type) ||
      read.startBlockSize !== paddedBytes(entry.size)
    ) {
      throw badArchive('two readers of tar read it differently: it is damaged, or made to deceive');
    }
    if (differs(entry.name, read.path) || (isLink && differs(entry.link, read.linkpath))) {
      throw badArchive('two readers of tar read its name differently: it is damaged, or made to deceive');
    }
  }

  /** Whole blocks of a file's content. Gives the content in them. */
  body(blocks: Buffer): Buffer | null {
    this.content = null;
    this.write(blocks);
    return this.content;
  }

  end(): void {
    // Without entries it would not take the archive for one.
    if (this.used) this.parser.end();
    this.check();
  }

  private begin(entry: ReadEntry): void {
    this.entry = entry;
    entry.on('data', (bytes: Buffer) => {
      this.content = bytes;
    });
  }

  private write(bytes: Buffer): void {
    this.used = true;
    this.parser.write(bytes);
    this.check();
  }

  private check(): void {
    if (this.failure !== null) throw badArchive(this.failure);
  }
}
