/** An archive of images as the user has it: a directory, a file, a pipe; compressed or not. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { abortable, quote } from '../../core/index.js';
import { DEFAULT_QUOTA, indexTar } from '../archive/index.js';
import { badArchive, decompress } from '../compression/index.js';
import { compressionOf, ioError, peek } from '../store/index.js';
import { type ArchiveFiles, DirectoryFiles, TarFiles } from './files.js';

export type ArchiveSource = { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array> };

export interface Spool {
  /** A path for a file that is not there yet, of whoever removes it in the end. */
  readonly newFile: () => string;
  readonly signal?: AbortSignal | undefined;
}

async function openPath(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw ioError(error, quote(path, 200));
  }
}

/** Into a file, for what can only be read once, in order. */
async function spooled(source: AsyncIterable<Uint8Array>, { newFile, signal }: Spool): Promise<SeekableFile> {
  const path = newFile();
  const file = await open(path, 'wx+', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of abortable(source, signal)) {
      signal?.throwIfAborted();
      bytes += chunk.byteLength;
      if (bytes > DEFAULT_QUOTA.bytes)
        throw badArchive(`the archive has more than ${DEFAULT_QUOTA.bytes} bytes`);
      await file.writeFile(chunk);
    }
    return { file, ownPath: path };
  } catch (error) {
    await file.close();
    throw ioError(error, `cannot write ${path}`);
  }
}

/** A file that can be read at any place. */
export interface SeekableFile {
  readonly file: FileHandle;
  /** Its path when it was made here, and is nobody else's. */
  readonly ownPath: string | null;
}

/**
 * An archive as it came.
 *
 * @throws HotcellError `io`; `bad-archive` for a directory
 */
export async function seekable(source: ArchiveSource, spool: Spool): Promise<SeekableFile> {
  if ('stream' in source) return await spooled(source.stream, spool);
  const file = await openPath(source.path);
  const found = await file.stat();
  if (found.isFile()) return { file, ownPath: null };
  try {
    if (found.isDirectory())
      throw badArchive(`${quote(source.path, 200)} is a directory, and must be an archive`);
    return await spooled(file.createReadStream({ autoClose: false }), spool);
  } finally {
    await file.close();
  }
}

async function plain(file: FileHandle, spool: Spool): Promise<FileHandle> {
  const [head, whole] = await peek(file.createReadStream({ start: 0, autoClose: false }));
  try {
    if (compressionOf(head) === 'none') return file;
    const { file: unpacked } = await spooled(
      decompress(whole, { ratio: DEFAULT_QUOTA.ratio, signal: spool.signal }),
      spool,
    );
    await file.close();
    return unpacked;
  } finally {
    await whole.return(undefined);
  }
}

async function tarFiles(source: ArchiveSource, spool: Spool): Promise<TarFiles> {
  let { file } = await seekable(source, spool);
  try {
    file = await plain(file, spool);
    return new TarFiles(file, await indexTar(file, undefined, spool.signal));
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw ioError(error, quote(path, 200));
  }
}

/** @throws HotcellError `io`, `bad-archive` */
export async function openArchive(source: ArchiveSource, spool: Spool): Promise<ArchiveFiles> {
  if ('path' in source && (await isDirectory(source.path))) return await DirectoryFiles.at(source.path);
  return await tarFiles(source, spool);
}
