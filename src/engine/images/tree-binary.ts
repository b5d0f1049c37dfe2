import { closeSync, openSync, readSync } from 'node:fs';
import { HotcellError } from '../../core/index.js';
import { findLauncher } from '../../launcher/index.js';

/** Of struct Elf64_Ehdr and Elf64_Phdr, little-endian; see elf(5). */
const ELF = { magic: 0x464c457f, headersAt: 32, sizeAt: 54, countAt: 56, interpreter: 3 } as const;
/** Linkers put the program headers right behind the file's own. */
const LOOKED_AT_BYTES = 4096;

function readStart(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LOOKED_AT_BYTES);
    return bytes.subarray(0, readSync(fd, bytes, 0, LOOKED_AT_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}

/** Whether it starts where there is nothing else, not even a loader. */
export function isStaticProgram(start: Buffer): boolean {
  if (start.byteLength < 64 || start.readUInt32LE(0) !== ELF.magic) return false;
  const at = Number(start.readBigUInt64LE(ELF.headersAt));
  const size = start.readUInt16LE(ELF.sizeAt);
  const offsets = Array.from({ length: start.readUInt16LE(ELF.countAt) }, (_, index) => at + index * size);
  return offsets.every(
    (offset) => offset + 4 <= start.byteLength && start.readUInt32LE(offset) !== ELF.interpreter,
  );
}

/**
 * The binary for the tree writer: the launcher's own, or, where that needs libraries (a sanitizer's build does), the one
 * of this package.
 *
 * @throws HotcellError `launcher-not-found` when none is static
 */
export function findTreeWriter(launcherPath: string): string {
  if (isStaticProgram(readStart(launcherPath))) return launcherPath;
  const own = findLauncher(undefined, {});
  if (isStaticProgram(readStart(own))) return own;
  throw new HotcellError({
    code: 'launcher-not-found',
    message: `images need a static launcher, and ${own} is not`,
    hint: 'install musl-tools and run "npm run build:launcher"',
  });
}
