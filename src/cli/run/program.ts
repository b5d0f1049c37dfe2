import { basename, posix, resolve } from 'node:path';
import { type CheckedJob, imageKind, type JobInput, type ResolvedImage } from '../../spec/index.js';
import { isBeneath } from './paths.js';

/** Where a program of the host's is put. */
export const PROGRAM_DIRECTORY = '/box';

/** What image `host` shows of the host under the same names: what is there need not be copied. */
const SHARED_WITH_HOST = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** COMMAND may be a file of the host's: if `source` is one, it is copied to `dest` and run from there. */
export interface HostProgram {
  readonly source: string;
  readonly dest: string;
}

export interface ProgramPlace {
  readonly cwd: string;
  /** A plain process sees the host's files: nothing may be put at an absolute path, and its workdir is a fresh directory. */
  readonly isolation: CheckedJob['isolation'];
  readonly image: string;
  readonly workdir: string;
  /** Paths inside that the flags fill themselves: mounts, tmpfs and copied files. */
  readonly filled: readonly string[];
}

/**
 * The word of the command line that says what is run; undefined when none does: it is the image's entrypoint then, or not
 * known before the image is.
 */
export function programWord(
  { image, entrypoint, command }: Pick<CheckedJob, 'image' | 'entrypoint' | 'command'>,
  found: ResolvedImage | null,
): string | undefined {
  if (entrypoint !== null && entrypoint.length > 0) return entrypoint[0];
  const isFirst =
    entrypoint !== null || imageKind(image).kind !== 'store' || found?.config.entrypoint.length === 0;
  return isFirst ? command?.[0] : undefined;
}

/** The same word of a job as it is written. */
export const writtenProgram = ({ entrypoint = [], command = [], args = [] }: JobInput): string =>
  [...entrypoint, ...command, ...args][0] ?? '';

/** The job with another word for it. */
export function withProgram(job: JobInput, word: string): JobInput {
  const key = (['entrypoint', 'command', 'args'] as const).find((one) => (job[one] ?? []).length > 0);
  return key === undefined ? job : { ...job, [key]: [word, ...(job[key] ?? []).slice(1)] };
}

/**
 * Whether COMMAND should be looked for on the host. Without a slash it is a name to be found on PATH inside. With one
 * it is the host's, unless its absolute path already means something inside: a directory the image shares with
 * the host, an image of its own, a mount, a copied file.
 */
export function planProgram(command: string, place: ProgramPlace): HostProgram | null {
  if (!command.includes('/')) return null;
  if (command.startsWith('/')) {
    const path = posix.normalize(command);
    const inside = [...place.filled, ...(place.image === 'host' ? SHARED_WITH_HOST : ['/'])];
    if (inside.some((directory) => isBeneath(path, directory))) return null;
  } else if (place.filled.includes(posix.resolve(place.workdir, command))) {
    return null;
  }
  const source = resolve(place.cwd, command);
  return { source, dest: `${place.isolation === 'none' ? '.' : PROGRAM_DIRECTORY}/${basename(source)}` };
}
