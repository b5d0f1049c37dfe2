import { type FileHandle, open } from 'node:fs/promises';
import { ioError } from './io-error.js';

/** So much is on its way to the disk at once, while more comes: all of it at the end would have to be waited for. */
const SYNC_BYTES = 32 * 1024 ** 2;

/** A copy of a stream, made while somebody else reads it. */
export class BlobFile {
  readonly #file: FileHandle;
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();
  #unsynced = 0;

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
    this.#sync();
  }

  /** Waits until everything is on the disk. */
  async synced(): Promise<void> {
    await this.#writing;
    await this.#syncing;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing]);
    await this.#file.close();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.byteLength; ) at += (await this.#file.write(chunk, at)).bytesWritten;
    } catch (error) {
      throw ioError(error, `cannot write ${this.#path}`);
    }
    this.#unsynced += chunk.byteLength;
    if (this.#unsynced >= SYNC_BYTES) this.#sync();
  }

  #sync(): void {
    this.#unsynced = 0;
    this.#syncing = this.#syncing
      .then(() => this.#file.datasync())
      .catch((error: unknown) => {
        throw ioError(error, `cannot write ${this.#path}`);
      });
    this.#syncing.catch(() => undefined); // told by `synced`
  }
}
