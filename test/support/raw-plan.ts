/** A small plan with every kind of isolation in it, to be sent right and then wrong in every way. */
import { type Operation, writePlan } from '../../src/launcher/plan.js';
import { Writer } from '../../src/launcher/wire.js';
import { readHost } from '../../src/sandbox/index.js';
import { program } from './programs.js';

/** An ordinary user may have none. */
const HAS_CGROUPS = readHost().cgroups.length > 0;

const ROOT = { uid: 0, gid: 0 } as const;

/** BPF_RET | BPF_K with SECCOMP_RET_ALLOW: the shortest filter there is. */
const ALLOW_ALL = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);

/** What its program writes to standard output before it exits with 0. */
export const GOOD_OUTPUT = 'ooooo';

export function goodOperations(name = 'write-bytes', args: readonly string[] = ['5', '0']): Operation[] {
  return [
    {
      op: 'sandbox',
      spaces: [
        'user',
        'mount',
        'pid',
        'ipc',
        'uts',
        'cgroupNamespace',
        'network',
        ...(HAS_CGROUPS ? (['cgroup'] as const) : []),
        'dropPrivileges',
        'stdinPipe',
      ],
    },
    { op: 'identity', uid: 1000, gid: 1000 },
    { op: 'limit', limit: 'memoryBytes', value: 64 * 1024 * 1024 },
    { op: 'limit', limit: 'pids', value: 16 },
    { op: 'limit', limit: 'wallTimeNs', value: 5e9 },
    { op: 'limit', limit: 'outputBytes', value: 65536 },
    { op: 'output', value: '/box/note' },
    { op: 'root', bytes: 1024 * 1024, inodes: 100 },
    { op: 'directory', path: '/proc', mode: 0o555, ...ROOT },
    { op: 'proc', path: '/proc' },
    { op: 'mask', path: '/proc/keys' },
    { op: 'readonly', path: '/proc/sys' },
    { op: 'scratch', path: '/dev', mode: 0o755, ...ROOT },
    { op: 'source', path: '/dev/null', flags: ['noExec'] },
    { op: 'device', source: 0, major: 1, minor: 3, path: '/dev/null' },
    { op: 'symlink', target: '/proc/self/fd', path: '/dev/fd' },
    { op: 'directory', path: '/box', mode: 0o755, uid: 1000, gid: 1000 },
    { op: 'file', path: '/box/note', mode: 0o644, ...ROOT, content: Buffer.from('note') },
    { op: 'source', path: program(name), flags: ['file'] },
    { op: 'copy', source: 1, path: '/box/p', mode: 0o755, ...ROOT },
    { op: 'enter' },
    { op: 'hostname', value: 'hotcell' },
    { op: 'rlimit', resource: 'openFiles', soft: 64, hard: 64 },
    { op: 'seccomp', program: ALLOW_ALL },
    { op: 'workdir', value: '/box' },
    { op: 'env', value: 'A=b' },
    ...['/box/p', ...args].map((value): Operation => ({ op: 'arg', value })),
  ];
}

export function encodePlan(operations: readonly Operation[]): Uint8Array {
  const to = new Writer();
  writePlan(to, operations);
  return to.finish();
}

export const goodPlan = (): Uint8Array => encodePlan(goodOperations());
