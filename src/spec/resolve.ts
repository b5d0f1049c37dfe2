import * as z from 'zod';
import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { type Capability, capabilitiesLeft } from './capabilities.js';
import { type Argv, type CommandParts, defaultName, resolveCommand } from './command.js';
import type { Env } from './env.js';
import type { JobFile } from './files.js';
import { type ImageRef, imageKind } from './image.js';
import type { Limits } from './limits.js';
import { inWorkdir } from './paths.js';
import type { Seccomp } from './seccomp/index.js';
import { attempt, type Context } from './shape.js';
import type { Stdin } from './stdin.js';
import type { Tmpfs } from './tmpfs.js';
import type { TtySize } from './tty.js';
import type { User } from './user.js';
import type { Mount } from './volume.js';

/** `none`: not even a loopback; `loopback`: one of its own; `host`: the host's network as it is. */
export const NETWORKS = ['none', 'loopback', 'host'] as const;

/** From everything to nothing; see the architecture document for what each level contains. */
export const ISOLATION_LEVELS = ['full', 'namespaces', 'chroot', 'none'] as const;

export type Network = (typeof NETWORKS)[number];
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** The parts of a job that need no other part to be decided. */
interface Settled {
  readonly image: ImageRef;
  /** What the reference was found to mean; null: what it means when the run starts, or no image of the store. */
  readonly imageId: string | null;
  readonly env: Env;
  /** Still to be read; see `resolveEnvFiles`. */
  readonly envFile: readonly string[];
  /** Absolute, in the sandbox; null: as the image says. */
  readonly workdir: string | null;
  /** Null: as the image says. */
  readonly user: User | null;
  /** What root has of those that it may have at all; no other user has any. */
  readonly capabilities: readonly Capability[];
  readonly hostname: string;
  readonly stdin: Stdin;
  readonly files: readonly JobFile[];
  readonly mounts: readonly Mount[];
  readonly tmpfs: readonly Tmpfs[];
  /** Absolute, or relative to the workdir. */
  readonly outputs: readonly string[];
  readonly limits: Limits;
  readonly network: Network;
  readonly isolation: IsolationLevel;
  readonly readOnlyRoot: boolean;
  /** A file of its own is still to be read; see `resolveSeccomp`. */
  readonly seccomp: Seccomp;
  readonly tty: false | TtySize;
  readonly labels: Readonly<Record<string, string>>;
  readonly allowDegraded: boolean;
}

/** A checked job. What an image of the store may decide is still open; see `settleJob`. */
export interface CheckedJob extends Settled, Argv {
  readonly name: string;
}

/** A job that is ready to run: nothing is left to its image but the user. */
export interface Job extends Omit<Settled, 'workdir'> {
  readonly name: string;
  readonly workdir: string;
  /** Program and arguments; at least one entry. */
  readonly command: readonly [string, ...string[]];
}

interface Capabilities {
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
}

type JobParts = Omit<Settled, 'imageId' | 'capabilities'> &
  CommandParts &
  Capabilities & { readonly name?: string | undefined };

/** A job as its schema has it, before its parts are checked against each other. */
export type GivenJob = Omit<JobParts, 'workdir' | 'user'> & {
  readonly workdir?: string | undefined;
  readonly user?: User | undefined;
};

/** A path in the sandbox, and where in the job it is written. */
interface Placed {
  readonly place: string;
  readonly path: PropertyKey[];
}

/** Adds an issue for each place that is taken a second time. */
function checkDistinct(places: readonly Placed[], context: Context): void {
  const seen = new Set<string>();
  for (const { place, path } of places) {
    if (seen.has(place)) {
      context.addIssue({ code: 'custom', message: `${quote(place)} is given twice`, path });
    }
    seen.add(place);
  }
}

/** Sorted with a slash at the end, everything below a file comes right after it: no path is taken apart. */
function checkNoneBelow(files: readonly Placed[], context: Context): void {
  const sorted = files.map(({ place, path }) => ({ key: `${place}/`, place, path }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  let above = sorted[0];
  for (const file of sorted) {
    if (above === undefined || !file.key.startsWith(above.key)) above = file;
    else if (file.key !== above.key) {
      const message = `lies below ${quote(above.place)}, which is a file too`;
      context.addIssue({ code: 'custom', message, path: file.path });
    }
  }
}

function checkFiles({ files, workdir }: JobParts, context: Context): void {
  const placed = files.map(({ dest }) => ({ place: inWorkdir(dest, workdir), path: ['files', dest] }));
  checkDistinct(placed, context);
  checkNoneBelow(placed, context);
}

function checkMounts({ mounts, tmpfs }: JobParts, context: Context): void {
  const places = [
    ...mounts.map(({ target }, index) => ({ place: target, path: ['mounts', index, 'target'] })),
    ...tmpfs.map(({ target }, index) => ({ place: target, path: ['tmpfs', index, 'target'] })),
  ];
  checkDistinct(places, context);
}

function checkOutputs({ outputs, workdir }: JobParts, context: Context): void {
  checkDistinct(
    outputs.map((path, index) => ({ place: inWorkdir(path, workdir), path: ['outputs', index] })),
    context,
  );
}

function checkInlineBytes({ files, stdin }: JobParts, context: Context): void {
  const sizes = files.map(({ source }) => (source.kind === 'bytes' ? source.bytes.byteLength : 0));
  const total = sizes.reduce((sum, size) => sum + size, stdin.kind === 'bytes' ? stdin.bytes.byteLength : 0);
  attempt(context, ['files'], () => {
    if (total <= BOUNDS.inlineBytes) return;
    throw invalidSpec(
      `with stdin ${total} bytes inside the job; at most ${BOUNDS.inlineBytes}, use { path } for more`,
    );
  });
}

/** A filter that was asked for and is not there would be a protection that somebody counts on. */
function checkSeccomp({ seccomp, isolation }: JobParts, context: Context): void {
  if (isolation === 'full' || seccomp === 'default' || seccomp === 'unconfined') return;
  const message = `needs isolation "full"; with ${quote(isolation)} there is no filter`;
  context.addIssue({ code: 'custom', message, path: ['seccomp'] });
}

/** Of the image what comes before a tag or a digest; a list that begins with a flag is what follows an entrypoint. */
function nameOf({ entrypoint, command }: Argv, image: ImageRef): string {
  const program = entrypoint?.[0] ?? command?.[0];
  if (program !== undefined && !program.startsWith('-')) return defaultName(program);
  return defaultName(image.replace(/(?::[^/]*)?(?:@.*)?$/, ''));
}

/** Where images are no more than a directory, and have no word in it. */
const WORKDIR = '/box';
const USER: User = { uid: 1000, gid: 1000 };

/** Checks the parts against each other and puts them together. */
export function resolveJob(given: GivenJob, context: Context): CheckedJob {
  const isWhole = imageKind(given.image).kind !== 'store';
  const { workdir = isWhole ? WORKDIR : null, user = isWhole ? USER : null } = given;
  const parts = { ...given, workdir, user };
  const argv = resolveCommand(parts, isWhole, context);
  checkFiles(parts, context);
  checkMounts(parts, context);
  checkOutputs(parts, context);
  checkInlineBytes(parts, context);
  checkSeccomp(parts, context);
  if (argv === undefined) return z.NEVER;
  const { name = nameOf(argv, parts.image), args: _args, capAdd, capDrop, ...settled } = parts;
  const capabilities = capabilitiesLeft(capAdd, capDrop);
  return { ...settled, name, imageId: null, capabilities, ...argv };
}
