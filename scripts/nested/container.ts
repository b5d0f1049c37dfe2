/** Containers of podman with runc, whose root is made of this host's /usr: no image, no network, nothing outside of build/nested. */
import { cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '../..');
const PLACE = join(ROOT, 'build/nested');
const TIMEOUT_MS = 60_000;

const DIRECTORIES = ['usr', 'etc', 'tmp', 'proc', 'sys', 'dev', 'run', 'root', 'hotcell'];
const LINKS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const FILES = ['passwd', 'group', 'ld.so.cache', 'alternatives'];

/** @returns the directory to give as --rootfs */
export function makeRoot(): string {
  const root = join(PLACE, 'root');
  rmSync(PLACE, { recursive: true, force: true });
  for (const name of DIRECTORIES) mkdirSync(join(root, name), { recursive: true });
  for (const name of LINKS)
    if (existsSync(`/${name}`) && lstatSync(`/${name}`).isSymbolicLink())
      symlinkSync(readlinkSync(`/${name}`), join(root, name));
  for (const name of FILES)
    if (existsSync(`/etc/${name}`))
      cpSync(`/etc/${name}`, join(root, 'etc', name), { recursive: true, verbatimSymlinks: true });
  return root;
}

export interface InContainer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this project's in a container that is started with these flags besides. */
export async function inContainer(
  root: string,
  flags: readonly string[],
  command: readonly string[],
): Promise<InContainer> {
  const own = [
    '--root',
    join(PLACE, 'storage'),
    '--runroot',
    join(PLACE, 'run'),
    '--cgroup-manager',
    'cgroupfs',
  ];
  const given = [
    ...[
      '--rm',
      '--runtime',
      'runc',
      '--network',
      'none',
      '--ulimit',
      'nofile=1024:4096',
      '--ulimit',
      'nproc=1000:2000',
    ],
    ...['-v', '/usr:/usr:ro', '-v', `${ROOT}:/hotcell:ro`, '-v', `${process.execPath}:/root/node:ro`],
  ];
  const args = [...own, 'run', ...given, ...flags, '--rootfs', root, '/root/node', ...command];
  const { exitCode, stdout, stderr } = await execa('podman', args, {
    reject: false,
    timeout: TIMEOUT_MS,
    stdin: 'ignore',
  });
  return { exitCode, stdout, stderr };
}
