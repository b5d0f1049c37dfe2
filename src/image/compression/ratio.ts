import { formatBytes } from '../../core/index.js';
import { badArchive } from './error.js';

/** Below this much output, any ratio is harmless: an empty file system packs a thousandfold. */
const FREE_BYTES = 64 * 1024 * 1024;

/** Weighs what comes out against what went in, so that a bomb ends early. */
export class Ratio {
  private packedBytes = 0;
  private unpackedBytes = 0;

  constructor(private readonly max: number) {}

  /** @throws HotcellError `bad-archive` when next to nothing comes out: whoever sends that may go on for ever. */
  packed(bytes: number): void {
    this.packedBytes += bytes;
    if (this.packedBytes <= FREE_BYTES + 2 * this.unpackedBytes) return;
    throw badArchive(
      `the archive is over ${formatBytes(FREE_BYTES)} and unpacks to ${formatBytes(this.unpackedBytes)}: it is mostly filling`,
    );
  }

  /** @throws HotcellError `bad-archive` when this is more than the ratio allows. */
  unpacked(bytes: number): void {
    this.unpackedBytes += bytes;
    if (this.unpackedBytes <= FREE_BYTES || this.unpackedBytes <= this.max * this.packedBytes) return;
    throw badArchive(
      `the archive unpacks to more than ${this.max} times its size: ${formatBytes(this.packedBytes)} became over ${formatBytes(FREE_BYTES)}`,
    );
  }
}
