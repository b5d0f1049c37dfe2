/** The part of a plan that every root has, whatever its image: /proc, /dev, /tmp, the job's own mounts. */
import { imageKind, type Job } from '../spec/index.js';
import { type Ids, type PlanBuilder, ROOT } from './builder.js';
import type { Host } from './host.js';
import { mountFlags } from './identities.js';

/** Shows as empty what tells about the host or other processes; the list is docker's and podman's with what they lack. */
const MASKED = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
];

const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The devices that harm nobody, with the numbers of the kernel's devices.txt. */
const DEVICES = [
  { name: 'null', major: 1, minor: 3 },
  { name: 'zero', major: 1, minor: 5 },
  { name: 'full', major: 1, minor: 7 },
  { name: 'random', major: 1, minor: 8 },
  { name: 'urandom', major: 1, minor: 9 },
  { name: 'tty', major: 5, minor: 0 },
];

const DEVICE_LINKS = [
  ['/proc/self/fd', '/dev/fd'],
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
  ['pts/ptmx', '/dev/ptmx'],
] as const;

function addProc(plan: PlanBuilder): void {
  plan.add({ op: 'ensure', path: '/proc', mode: 0o555, ...ROOT }, { op: 'proc', path: '/proc' });
  for (const path of MASKED) plan.add({ op: 'mask', path });
  for (const path of READ_ONLY) plan.add({ op: 'readonly', path });
}

/** Of Debian's, and most others'. */
const TTY_GROUP = 5;

/** A scratch mount hides what the image has in /dev, so that none of it can be mistaken for a device of ours. */
function addDev(plan: PlanBuilder, job: Job): void {
  plan.add({ op: 'scratch', path: '/dev', mode: 0o755, ...ROOT });
  for (const { name, major, minor } of DEVICES) {
    const source = plan.source(`/dev/${name}`, ['noExec']);
    plan.add({ op: 'device', source, major, minor, path: `/dev/${name}` });
  }
  for (const [target, path] of DEVICE_LINKS) plan.add({ op: 'symlink', target, path });
  plan.add({ op: 'directory', path: '/dev/shm', mode: 0o1777, ...ROOT });
  plan.add(
    { op: 'directory', path: '/dev/pts', mode: 0o755, ...ROOT },
    { op: 'devpts', gid: TTY_GROUP, path: '/dev/pts' },
  );
  if (job.tty)
    plan.add({ op: 'file', path: '/dev/console', mode: 0o600, content: new Uint8Array(), ...ROOT });
}

/** In an image of the store as the image has it, which may also be a link. */
function addTemporary(plan: PlanBuilder, job: Job, path: string): void {
  const isKept = imageKind(job.image).kind === 'store' && !job.readOnlyRoot;
  if (isKept) plan.add({ op: 'ensure', path, mode: 0o1777, ...ROOT });
  else addWritable(plan, job, path, 0o1777, ROOT);
}

/** What stays writable when the root is not: a mount of its own on the same quota. */
function addWritable(plan: PlanBuilder, job: Job, path: string, mode: number, ids: Ids): void {
  plan.add({ op: job.readOnlyRoot ? 'scratch' : 'directory', path, mode, ...ids });
}

const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}/`);

/** Where the program starts, its own unless a mount is there or what is shown of the host. */
function addWorkdir(plan: PlanBuilder, job: Job, host: Host, ids: Ids): void {
  const shown = job.image === 'host' ? host.entries.map(({ path }) => path) : [];
  const mounted = [...job.mounts, ...job.tmpfs].map(({ target }) => target);
  const covered = [...shown, ...mounted].some((path) => isWithin(job.workdir, path));
  if (covered || job.workdir === '/') return;
  // What a store's image has there is the image's, also when the rest of the root is read-only.
  if (imageKind(job.image).kind === 'store' && job.workdir !== BOX)
    plan.add({ op: 'ensure', path: job.workdir, mode: 0o755, ...ids });
  else if (!SYSTEM.has(job.workdir)) addWritable(plan, job, job.workdir, 0o755, ids);
}

/** Ours in every image. */
const BOX = '/box';

/** Directories whose owner must not become the job's. */
const SYSTEM = new Set([
  '/',
  '/tmp',
  '/var/tmp',
  '/usr',
  '/etc',
  '/bin',
  '/lib',
  '/proc',
  '/dev',
  '/var',
  '/root',
]);

function addMount(
  plan: PlanBuilder,
  { source, target, mode }: Job['mounts'][number],
  { host, ids }: { readonly host: Host; readonly ids: Ids },
): void {
  const flags = [
    'noDevices',
    ...mountFlags(host),
    ...(mode === 'ro' ? (['readOnly'] as const) : []),
  ] as const;
  const index = plan.source(source, flags, ids);
  plan.add({ op: mode === 'overlay' ? 'overlay' : 'bind', source: index, path: target });
}

const depth = ({ target }: { readonly target: string }): number => target.split('/').length;

/** Outer ones first, as in docker: in the order of the job one could hide another that lies in it. */
function addMounts(plan: PlanBuilder, { mounts, tmpfs, limits }: Job, place: { host: Host; ids: Ids }): void {
  for (const mount of [...mounts, ...tmpfs].sort((a, b) => depth(a) - depth(b))) {
    if ('source' in mount) {
      addMount(plan, mount, place);
      continue;
    }
    const bytes = Math.min(mount.sizeBytes ?? limits.diskBytes, limits.diskBytes);
    const { target: path, mode } = mount;
    plan.add({ op: 'tmpfs', path, bytes, inodes: limits.diskInodes, mode, ...place.ids });
  }
}

/** After the image's own operations: the rest of the root, in the order in which things may lie on top of each other. */
export function addCommonRoot(plan: PlanBuilder, job: Job, host: Host, ids: Ids): void {
  addProc(plan);
  addDev(plan, job);
  addTemporary(plan, job, '/tmp');
  addTemporary(plan, job, '/var/tmp');
  // Before the mounts: when the root is read-only it is a mount itself, and would hide those that lie in it.
  addWorkdir(plan, job, host, ids);
  addMounts(plan, job, { host, ids });
}
