/** The root file system inside: Debian of the same release, with compilers, Python and this very Node. Made once for what it holds. */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeDisk } from './disk.js';
import type { Kernel } from './kernel.js';
import { madeOnce, PLACE } from './place.js';

const PACKAGES = [
  ...['gcc', 'g++', 'libc6-dev', 'musl-tools', 'python3'], // what tests compile and run
  ...['e2fsprogs', 'kmod', 'libcap2-bin', 'procps', 'uidmap'], // what tests and an ordinary user's sandboxes need
];

const USER = 'tester';

/** Whom the user lanes run as; useradd gives out a range of subordinate ids too. */
async function addUser(root: string): Promise<void> {
  await execa('useradd', ['--root', root, '--create-home', '--user-group', USER]);
}

function dropDownloads(root: string): void {
  rmSync(join(root, 'var/cache/apt'), { recursive: true, force: true });
  rmSync(join(root, 'var/lib/apt/lists'), { recursive: true, force: true });
}

async function fill(root: string, kernel: Kernel): Promise<void> {
  await execa('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, 'bookworm', root]);
  chmodSync(root, 0o755);
  dropDownloads(root);
  cpSync(kernel.modules, join(root, 'lib/modules', kernel.release), { recursive: true });
  await execa('chroot', [root, 'depmod', kernel.release]);
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
  mkdirSync(join(root, 'hotcell'));
  await addUser(root);
}

async function make(image: string, kernel: Kernel): Promise<void> {
  const root = mkdtempSync(join(PLACE, 'root-'));
  try {
    await fill(root, kernel);
    await makeDisk(root, image, '4G');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export async function rootDisk(kernel: Kernel): Promise<string> {
  const parts = [...PACKAGES, kernel.release, process.version].join(' ');
  const name = createHash('sha256').update(parts).digest('hex').slice(0, 16);
  return await madeOnce(`root-${name}.img`, (unfinished) => make(unfinished, kernel));
}
