import { formatBytes } from '../../core/index.js';
import { badArchive } from '../compression/index.js';

/** What one layer may be at most. */
export interface UnpackQuota {
  /** Of the unpacked archive: contents, headers and all. */
  readonly bytes: number;
  /** Entries, and directories that are only named in their paths. */
  readonly entries: number;
  /** Components of a path. */
  readonly depth: number;
  readonly pathBytes: number;
  /** Unpacked to packed bytes, above 64 MiB unpacked. */
  readonly ratio: number;
  /** Names and values of one entry's extended attributes that are kept. */
  readonly xattrBytes: number;
}

const GIB = 1024 ** 3;

/** The largest images in use have some tens of GiB and half a million files, most of it in one layer. */
export const DEFAULT_QUOTA: UnpackQuota = {
  bytes: 64 * GIB,
  entries: 1_000_000,
  depth: 256,
  pathBytes: 4095,
  ratio: 250,
  xattrBytes: 64 * 1024,
};

/** What was used of a quota. */
export class Usage {
  /** Of contents. */
  bytes = 0;
  entries = 0;

  constructor(private readonly quota: UnpackQuota) {}

  /** @throws HotcellError `bad-archive` */
  addEntries(count: number): void {
    this.entries += count;
    if (this.entries <= this.quota.entries) return;
    throw badArchive(
      `the archive has more than ${this.quota.entries} entries, which is the most that is allowed`,
    );
  }

  /** A file that is about to come. @throws HotcellError `bad-archive` */
  addFile(size: number): void {
    this.bytes += size;
    this.checkBytes(this.bytes);
  }

  /** @throws HotcellError `bad-archive` when the archive is larger than allowed */
  checkBytes(bytes: number): void {
    if (bytes <= this.quota.bytes) return;
    throw badArchive(
      `the archive unpacks to more than ${formatBytes(this.quota.bytes)}, which is the most that is allowed`,
    );
  }
}
