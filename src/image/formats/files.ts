/** The files of an archive of images, wherever they lie: nothing of it is unpacked. */
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { formatBytes, quote } from '../../core/index.js';
import { memberOf, type TarMember } from '../archive/index.js';
import { badArchive } from '../compression/index.js';
import { ioError, readRange } from '../store/index.js';

/** So many bytes of an open file, which is open as long as the archive is. */
export interface FileRange {
  readonly kind: 'file';
  readonly fd: number;
  readonly offset: number;
  readonly size: number;
}

/** Of all configurations and manifests of an archive: they are in memory together, and one may be named a thousand times. */
const MAX_DOCUMENTS_BYTES = 64 * 1024 * 1024;

/** What may still be read into memory of one archive. */
export class DocumentBudget {
  #left = MAX_DOCUMENTS_BYTES;

  /** @throws HotcellError `bad-archive` */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw badArchive(
      `the configurations and manifests of the archive have more than ${formatBytes(MAX_DOCUMENTS_BYTES)} together`,
    );
  }
}

export interface ArchiveFiles {
  readonly budget: DocumentBudget;
  has(name: string): Promise<boolean>;
  /** @throws HotcellError `bad-archive` when there is no such file, or it is none */
  find(name: string): Promise<FileRange>;
  close(): Promise<void>;
}

/** @throws HotcellError `bad-archive` when it is not there, or has more than `maxBytes` */
export async function readWhole(files: ArchiveFiles, name: string, maxBytes: number): Promise<Buffer> {
  const range = await files.find(name);
  if (range.size > maxBytes) {
    throw badArchive(`${quote(name, 100)} has ${range.size} bytes; at most ${maxBytes}`);
  }
  files.budget.take(range.size);
  const chunks: Buffer[] = [];
  for await (const chunk of readRange(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Those in a tar archive. */
export class TarFiles implements ArchiveFiles {
  readonly budget = new DocumentBudget();
  readonly #file: FileHandle;
  readonly #index: ReadonlyMap<string, TarMember>;

  constructor(file: FileHandle, index: ReadonlyMap<string, TarMember>) {
    this.#file = file;
    this.#index = index;
  }

  async has(name: string): Promise<boolean> {
    return this.#index.has(name);
  }

  async find(name: string): Promise<FileRange> {
    const { offset, size } = memberOf(this.#index, name);
    return { kind: 'file', fd: this.#file.fd, offset, size };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What is said of a path that is not there, or not what it must be. */
const WRONG: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  ELOOP: 'is a symbolic link',
};

/**
 * Those in a directory, which somebody else may have filled: a link in it leads nowhere. What was opened is compared with what
 * was meant, so it makes no difference when a link comes to be.
 */
export class DirectoryFiles implements ArchiveFiles {
  readonly budget = new DocumentBudget();
  readonly #root: string;
  readonly #open: FileHandle[] = [];

  private constructor(root: string) {
    this.#root = root;
  }

  static async at(path: string): Promise<DirectoryFiles> {
    return new DirectoryFiles(await realpath(path));
  }

  async has(name: string): Promise<boolean> {
    try {
      await this.find(name);
      return true;
    } catch {
      return false; // what it is that is wrong is said when it is needed
    }
  }

  async find(name: string): Promise<FileRange> {
    const path = this.#inside(name);
    const file = await this.#opened(path, name);
    this.#open.push(file);
    if ((await readlink(`/proc/self/fd/${file.fd}`)) !== path)
      throw badArchive(`${quote(name, 100)} lies behind a symbolic link`);
    const found = await file.stat();
    if (!found.isFile()) throw badArchive(`${quote(name, 100)} must be a file`);
    return { kind: 'file', fd: file.fd, offset: 0, size: found.size };
  }

  async close(): Promise<void> {
    for (const file of this.#open.splice(0)) await file.close();
  }

  #inside(name: string): string {
    const normal = posix.normalize(name);
    if (posix.isAbsolute(normal) || normal.split('/').includes('..') || normal.includes('\0')) {
      throw badArchive(`${quote(name, 100)} is no name of a file in the directory`);
    }
    return join(this.#root, normal);
  }

  async #opened(path: string, name: string): Promise<FileHandle> {
    try {
      return await open(path, FLAGS);
    } catch (error) {
      const why = WRONG[(error as NodeJS.ErrnoException).code ?? ''];
      if (why !== undefined) throw badArchive(`${quote(name, 100)} ${why}`, { cause: error });
      throw ioError(error, `cannot read ${quote(path, 200)}`);
    }
  }
}
