/**
 * The sandbox of the tree writer (src/native/unpack.c): whatever an archive makes it do, it can reach one directory, and
 * nothing else is there: no /proc, no /dev, no network, and of programs only its own.
 *
 * It has no cgroup, unlike a job: the files that it writes would count as its memory until they are on the disk, and be
 * thrown out of the cache with the run. Limits of the process hold it instead, and it cannot make another.
 */
import type { Operation } from '../launcher/index.js';
import { PlanBuilder, ROOT } from './builder.js';
import { layerFlags, type WithIdentities } from './identities.js';
import { type Arch, unpackerProgram } from './seccomp/index.js';

export interface UnpackInput extends WithIdentities {
  /** The binary of the launcher. It must be static, for there are no libraries. */
  readonly launcherPath: string;
  /** Absolute, on a file system that can map owners. */
  readonly directory: string;
  /** Absolute: a FIFO with the operations, whose other end is open for writing. */
  readonly input: string;
  readonly arch: Arch;
}

const PROGRAM = '/hotcell-launcher';
const TREE = '/tree';
const INPUT = '/input';

/** CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_FSETID, over a user namespace of its own; see capabilities(7). */
const CAPABILITIES = (1n << 0n) | (1n << 1n) | (1n << 3n) | (1n << 4n);

/** The binary, also one that was built with glibc. */
const ROOT_BYTES = 8 * 1024 * 1024;
const ROOT_INODES = 64;
/** It answers once. */
const OUTPUT_BYTES = 64 * 1024;
/** Descriptors for the directories above what it removes; memory for its buffers. */
const OPEN_FILES = 256;
const ADDRESS_BYTES = 64 * 1024 * 1024;
/** Much more than the largest image takes; links that lead through thousands of others could take hours. */
const CPU_SECONDS = 600;

function addRoot(plan: PlanBuilder, { launcherPath, directory, input, ...host }: UnpackInput): void {
  const program = plan.source(launcherPath, ['file']);
  const operations = plan.source(input, ['readOnly', 'noExec', 'noDevices']);
  const tree = plan.source(directory, ['noExec', 'noDevices', ...layerFlags(host)]);
  plan.add(
    { op: 'root', bytes: ROOT_BYTES, inodes: ROOT_INODES },
    { op: 'copy', source: program, path: PROGRAM, mode: 0o555, ...ROOT },
    { op: 'bind', source: operations, path: INPUT },
    { op: 'bind', source: tree, path: TREE },
    { op: 'readonly', path: '/' },
    { op: 'enter' },
  );
}

function addLimits(plan: PlanBuilder): void {
  plan.add(
    { op: 'limit', limit: 'outputBytes', value: OUTPUT_BYTES },
    { op: 'rlimit', resource: 'core', soft: 1, hard: 1 },
    { op: 'rlimit', resource: 'cpu', soft: CPU_SECONDS, hard: CPU_SECONDS + 1 },
    { op: 'rlimit', resource: 'openFiles', soft: OPEN_FILES, hard: OPEN_FILES },
    { op: 'rlimit', resource: 'as', soft: ADDRESS_BYTES, hard: ADDRESS_BYTES },
  );
}

/**
 * It answers on stdout. Its operations do not come by stdin, which would be through the launcher: that costs more CPU than
 * writing them to a disk, and would hold up other runs.
 */
export function planUnpack(input: UnpackInput): Operation[] {
  const plan = new PlanBuilder();
  plan.add({
    op: 'sandbox',
    spaces: [
      ...(['user', 'mount', 'pid', 'ipc', 'uts', 'cgroupNamespace', 'network', 'dropPrivileges'] as const),
      ...(input.identities === 'ranges' ? (['callerRoot'] as const) : []),
    ],
  });
  plan.add({ op: 'identity', ...ROOT }, { op: 'capabilities', mask: CAPABILITIES });
  addLimits(plan);
  addRoot(plan, input);
  plan.add({ op: 'hostname', value: 'hotcell' }, { op: 'seccomp', program: unpackerProgram(input.arch) });
  plan.add({ op: 'workdir', value: '/' });
  for (const value of [PROGRAM, 'unpack', TREE, INPUT]) plan.add({ op: 'arg', value });
  return plan.operations;
}
