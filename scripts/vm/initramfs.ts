/** What the kernel starts with: busybox, the drivers of the virtual disks, and a script that goes on to the real root. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cpio, directory, executable } from './cpio.js';
import { type Kernel, loadOrder, readDependencies } from './kernel.js';

const DRIVERS = ['virtio_pci', 'virtio_blk', 'virtio_console'];

export function makeInitramfs(kernel: Kernel): Buffer {
  const drivers = loadOrder(readDependencies(kernel), DRIVERS);
  const init = readFileSync(join(import.meta.dirname, 'initramfs.sh'));
  return cpio([
    ...['bin', 'dev', 'proc', 'sys', 'root', 'drivers'].map(directory),
    executable('init', init),
    executable('bin/busybox', readFileSync('/bin/busybox')),
    // Numbered, so that the shell's own order is theirs.
    ...drivers.map((file, index) =>
      executable(`drivers/${index}-${basename(file)}`, readFileSync(join(kernel.modules, file))),
    ),
  ]);
}
