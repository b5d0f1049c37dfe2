import { formatBytes } from '../../core/index.js';
import { badArchive } from '../compression/index.js';

/** What one layer may be at most. */
export interface UnpackQuota {
  /** Of the unpacked archive: contents, headers and all. */
  readonly bytes: number;
  /** Entries, and directories that are only named in their paths. */
  readonly entries: number;
  /** Of the names of all entries, each without the way to it: what is known of a layer is in memory while it is unpacked. */
  readonly nameBytes: number;
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
  nameBytes: 64 * 1024 ** 2,
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
  private nameBytes = 0;

  constructor(private readonly quota: UnpackQuota) {}

  /** @throws HotcellError `bad-archive` */
  addEntries(count: number): void {
    this.entries += count;
    if (this.entries <= this.quota.entries) return;
    throw badArchive(
      `the archive has more than ${this.quota.entries} entries, which is the most that is allowed`,
    );
  }

  /** @throws HotcellError `bad-archive` */
  addName(bytes: number): void {
    this.nameBytes += bytes;
    if (this.nameBytes <= this.quota.nameBytes) return;
    throw badArchive(`the names in the archive have more than ${formatBytes(this.quota.nameBytes)} together`);
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
