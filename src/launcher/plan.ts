/** What the launcher is asked to do for one run: a flat list of small operations. Twin: src/native/plan.c. */
import { invalidSpec } from '../core/index.js';
import { limitId, opId, protocolLimits, resourceId, sourceFlagId, spaceId } from './protocol-table.js';
import type { Writer } from './wire.js';

export type Space = keyof typeof spaceId;
export type SourceFlag = keyof typeof sourceFlagId;
export type LaunchLimit = keyof typeof limitId;
export type ResourceLimit = keyof typeof resourceId;

/** Who a file belongs to and what may be done with it; ids as the sandbox sees them. */
export interface Owner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** `source` is the index of a `source` operation of the same plan, in order. Paths are absolute in the sandbox. */
export type Operation =
  | { readonly op: 'sandbox'; readonly spaces: readonly Space[] }
  | { readonly op: 'limit'; readonly limit: LaunchLimit; readonly value: number }
  | { readonly op: 'cpuset' | 'hostname' | 'workdir'; readonly value: string }
  /** A file that is locked shared (flock(2)) as long as the run is there. */
  | { readonly op: 'hold'; readonly value: string }
  | { readonly op: 'env' | 'arg' | 'output'; readonly value: string }
  | {
      readonly op: 'source';
      readonly path: string;
      readonly flags: readonly SourceFlag[];
      readonly uid?: number;
      readonly gid?: number;
    }
  | { readonly op: 'tty'; readonly rows: number; readonly cols: number }
  | { readonly op: 'identity'; readonly uid: number; readonly gid: number }
  /** What a program with uid 0 keeps in its user namespace: a mask of the numbers of capabilities(7). */
  | { readonly op: 'capabilities'; readonly mask: bigint }
  /** Besides the gid of `identity`. */
  | { readonly op: 'groups'; readonly gids: readonly number[] }
  | { readonly op: 'root'; readonly bytes: number; readonly inodes: number }
  /** Lowest first. */
  | { readonly op: 'overlayRoot'; readonly sources: readonly number[] }
  /** `ensure` leaves what is there as it is, whatever that may be. */
  | ({ readonly op: 'directory' | 'ensure' | 'scratch'; readonly path: string } & Owner)
  /** `offer` gives way to a directory, and to a link on the way. */
  | ({ readonly op: 'file' | 'offer'; readonly path: string; readonly content: Uint8Array } & Owner)
  | ({ readonly op: 'copy'; readonly path: string; readonly source: number } & Owner)
  | { readonly op: 'symlink'; readonly target: string; readonly path: string }
  | { readonly op: 'bind' | 'overlay'; readonly source: number; readonly path: string }
  | ({ readonly op: 'tmpfs'; readonly path: string; readonly bytes: number; readonly inodes: number } & Owner)
  | { readonly op: 'proc' | 'mask' | 'readonly'; readonly path: string }
  /** `gid`: the group of its terminals. */
  | { readonly op: 'devpts'; readonly gid: number; readonly path: string }
  | {
      readonly op: 'device';
      readonly source: number;
      readonly major: number;
      readonly minor: number;
      readonly path: string;
    }
  | { readonly op: 'enter' }
  | {
      readonly op: 'rlimit';
      readonly resource: ResourceLimit;
      readonly soft: number | null;
      readonly hard: number | null;
    }
  | { readonly op: 'seccomp'; readonly program: Uint8Array }
  /** By number of the call a mask of the arguments that are told apart; the filter hands each call to init. */
  | { readonly op: 'trace'; readonly kept: Uint8Array };

const RLIM_INFINITY = 2n ** 64n - 1n;

const sum = (bits: readonly number[]): number => bits.reduce((all, bit) => (all | bit) >>> 0, 0);

function writeOwner(to: Writer, { mode, uid, gid }: Owner): Writer {
  return to.u32(mode).u32(uid).u32(gid);
}

function writeWords(to: Writer, values: readonly number[]): void {
  to.sized(() => {
    for (const value of values) to.u32(value);
  });
}

function writePayload(o: Operation, to: Writer): void {
  switch (o.op) {
    case 'sandbox':
      to.u32(sum(o.spaces.map((space) => spaceId[space])));
      return;
    case 'limit':
      to.u32(limitId[o.limit]).u64(o.value);
      return;
    case 'cpuset':
    case 'hold':
    case 'hostname':
    case 'workdir':
    case 'env':
    case 'arg':
    case 'output':
      to.string(o.value);
      return;
    case 'source':
      to.u32(sum(o.flags.map((flag) => sourceFlagId[flag])))
        .u32(o.uid ?? 0)
        .u32(o.gid ?? 0)
        .string(o.path);
      return;
    case 'tty':
      to.u32(o.rows).u32(o.cols);
      return;
    case 'identity':
      to.u32(o.uid).u32(o.gid);
      return;
    case 'capabilities':
      to.u64(o.mask);
      return;
    case 'groups':
      writeWords(to, o.gids);
      return;
    case 'root':
      to.u64(o.bytes).u64(o.inodes);
      return;
    case 'overlayRoot':
      writeWords(to, o.sources);
      return;
    case 'directory':
    case 'ensure':
    case 'scratch':
      writeOwner(to, o).string(o.path);
      return;
    case 'file':
    case 'offer':
      writeOwner(to, o).string(o.path).bytes(o.content);
      return;
    case 'copy':
      writeOwner(to.u32(o.source), o).string(o.path);
      return;
    case 'symlink':
      to.string(o.target).string(o.path);
      return;
    case 'bind':
    case 'overlay':
      to.u32(o.source).string(o.path);
      return;
    case 'tmpfs':
      writeOwner(to.u64(o.bytes).u64(o.inodes), o).string(o.path);
      return;
    case 'device':
      to.u32(o.source).u32(o.major).u32(o.minor).string(o.path);
      return;
    case 'devpts':
      to.u32(o.gid).string(o.path);
      return;
    case 'proc':
    case 'mask':
    case 'readonly':
      to.string(o.path);
      return;
    case 'rlimit':
      to.u32(resourceId[o.resource])
        .u64(o.soft ?? RLIM_INFINITY)
        .u64(o.hard ?? RLIM_INFINITY);
      return;
    case 'seccomp':
      to.bytes(o.program);
      return;
    case 'trace':
      to.bytes(o.kept);
      return;
    case 'enter':
      return;
  }
}

/** What the launcher has room for; it would refuse more as a broken message. */
const COUNTED: Readonly<Partial<Record<Operation['op'], { readonly most: number; readonly what: string }>>> =
  {
    source: {
      most: protocolLimits.sourcesMax,
      what: 'files of the host to be opened, mounts and large files',
    },
    arg: { most: protocolLimits.argsMax, what: 'arguments' },
    env: { most: protocolLimits.argsMax, what: 'environment variables' },
  };

function checkCounts(operations: readonly Operation[]): void {
  const counts = new Map<Operation['op'], number>();
  for (const { op } of operations) counts.set(op, (counts.get(op) ?? 0) + 1);
  for (const [op, count] of counts) {
    const bound = COUNTED[op];
    if (bound !== undefined && count > bound.most) {
      throw invalidSpec(`the job has ${count} ${bound.what}; at most ${bound.most}`);
    }
  }
  if (operations.length <= protocolLimits.opsMax) return;
  const all = 'arguments, variables, files, mounts and steps of ours together';
  throw invalidSpec(`the job has ${operations.length} ${all}; at most ${protocolLimits.opsMax}`);
}

/**
 * The plan as the launcher reads it: [op u32][payload size u32][payload] each.
 *
 * @throws HotcellError `invalid-spec` when there is more of something than the launcher takes
 */
export function writePlan(to: Writer, operations: readonly Operation[]): void {
  checkCounts(operations);
  for (const operation of operations) {
    to.u32(opId[operation.op]).sized(() => writePayload(operation, to));
  }
}
