import { type FileHandle, open } from 'node:fs/promises';
import { ioError } from './io-error.js';

/** A copy of a stream, made while somebody else reads it. It comes to the disk with its layer, see unsynced.ts. */
export class BlobFile {
  readonly #file: FileHandle;
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async create(path: string): Promise<BlobFile> {
    try {
      return new BlobFile(await open(path, 'wx', 0o600), path);
    } catch (error) {
      throw ioError(error, `cannot write ${path}`);
    }
  }

  /** The same stream. @throws what it throws, HotcellError `io` */
  async *copied(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      await this.#writing;
      this.#writing = this.#write(chunk);
      this.#writing.catch(() => undefined); // told by the next that waits
      yield chunk;
    }
    await this.#writing;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#writing]);
    await this.#file.close();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.byteLength; ) at += (await this.#file.write(chunk, at)).bytesWritten;
    } catch (error) {
      throw ioError(error, `cannot write ${this.#path}`);
    }
  }
}
