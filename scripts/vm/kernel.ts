/** Debian's kernel for virtual machines, as its package brings it: unpacked below build/vm, never installed. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { madeOnce } from './place.js';

export interface Kernel {
  readonly release: string;
  readonly image: string;
  /** The directory with modules.dep in it. */
  readonly modules: string;
}

/** The one that linux-image-cloud-amd64 stands for now. */
async function currentPackage(): Promise<string> {
  const { stdout } = await execa('apt-cache', ['depends', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error('apt-cache knows no linux-image-cloud-amd64: run "apt-get update"');
  return name;
}

async function unpack(name: string, into: string): Promise<void> {
  mkdirSync(into);
  await execa('apt-get', ['download', '-q', name], { cwd: into });
  const archive = readdirSync(into).find((file) => file.endsWith('.deb'));
  await execa('dpkg-deb', ['-x', String(archive), '.'], { cwd: into });
  const release = name.replace('linux-image-', '');
  // busybox's, which is needed anyway; it looks for lib/modules beneath what it is given.
  await execa('busybox', ['depmod', '-b', into, release]);
}

export async function fetchKernel(): Promise<Kernel> {
  const name = await currentPackage();
  const path = await madeOnce(name, (unfinished) => unpack(name, unfinished));
  const release = name.replace('linux-image-', '');
  return {
    release,
    image: join(path, 'boot', `vmlinuz-${release}`),
    modules: join(path, 'lib/modules', release),
  };
}

/**
 * The files of these modules and of what they need, in the order in which they can be loaded.
 *
 * @param dependencies modules.dep: `file: needed…`, what is needed last being needed first
 */
export function loadOrder(dependencies: string, modules: readonly string[]): string[] {
  const lines = dependencies.split('\n').map((line) => line.split(/:\s*/));
  const files = modules.flatMap((name) => {
    const found = lines.find(([file]) => file?.endsWith(`/${name}.ko`));
    if (found === undefined) throw new Error(`this kernel has no module ${name}`);
    const [file = '', needed = ''] = found;
    return [...needed.split(' ').filter(Boolean).reverse(), file];
  });
  return [...new Set(files)];
}

export const readDependencies = ({ modules }: Kernel): string =>
  readFileSync(join(modules, 'modules.dep'), 'utf8');
