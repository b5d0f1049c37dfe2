/** Where the operations of a tree go: a tree writer that can reach nothing but the one directory. */

/** One tree being written. */
export interface TreeSink {
  /** Whether nobody but root can own what is written: a host's ordinary user who has no ids to give. */
  readonly hasOneOwner?: boolean;
  /**
   * Takes operations in the encoding of ops.json, cut anywhere. One call at a time; the bytes are the caller's again
   * once it has settled.
   *
   * @throws HotcellError `io` or `bad-archive` naming the entry, once the writer has failed
   */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * After the operation `end`: waits until everything is written, and on disk if it said so.
   *
   * @throws HotcellError `io` or `bad-archive` naming the entry; `internal` when the writer was killed
   */
  end(): Promise<void>;
  /** Kills the writer, and waits until it is gone. What it wrote stays. Never rejects; after `end` it does nothing. */
  abort(): Promise<void>;
}

export interface TreeWriter {
  /** @param directory absolute; there, and nobody else writes in it */
  open(directory: string): Promise<TreeSink>;
  /**
   * Removes an entry of a directory with everything in it, confined like writing. None of that name is fine.
   *
   * @throws HotcellError `io` naming the entry
   */
  remove(parent: string, name: string): Promise<void>;
  /**
   * Waits until everything on the file system of this directory is on the disk.
   *
   * @throws HotcellError `io` when the disk does not take it
   */
  sync(directory: string): Promise<void>;
}
