import type { OutputFile } from '../spec/index.js';

/** JSON of all entries together: names are the program's to choose, and a control character takes six there. */
const MOST_BYTES = 1024 * 1024;

/** What an outcome says of the files that were copied out: bounded, for a program may make many with long names. */
export class OutputList {
  readonly #files: OutputFile[] = [];
  #bytes = 0;
  #leftOut = 0;

  add(file: OutputFile): void {
    this.#bytes += JSON.stringify(file).length;
    if (this.#bytes > MOST_BYTES) this.#leftOut++;
    else this.#files.push(file);
  }

  /** With an entry for those that there was no room for, whose error makes it plain. */
  get files(): OutputFile[] {
    if (this.#leftOut === 0) return this.#files;
    const error = `${this.#leftOut} further files are not listed: the list is over 1 MiB`;
    return [...this.#files, { path: '…', bytes: null, sha256: null, mode: null, error }];
  }
}
