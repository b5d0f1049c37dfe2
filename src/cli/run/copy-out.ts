import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { quote } from '../../core/index.js';
import { reason } from '../reason.js';
import type { CopyOut } from './copy.js';
import { writeBeneath, writeHostFile } from './host-file.js';
import { isBeneath } from './paths.js';

/** A regular file that comes out of the sandbox. */
export interface OutgoingFile {
  /** As the job names it, or below it when the job names a directory. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** Where a file goes: `root` is the user's word, `below` the program's (empty for a file that the user named). */
interface Place {
  readonly root: string;
  readonly below: readonly string[];
}

/** The place of a file that came out, by the longest PATH that leads to it; null for one that nobody asked for. */
export function placeOf(path: string, copies: readonly CopyOut[], workdir: string): Place | null {
  const file = posix.resolve(workdir, path);
  const inside = (copy: CopyOut): string => posix.resolve(workdir, copy.path);
  const [copy] = copies
    .filter((candidate) => isBeneath(file, inside(candidate)))
    .sort((a, b) => inside(b).length - inside(a).length);
  if (copy === undefined) return null;
  const root = copy.into ? join(copy.host, basename(copy.path)) : copy.host;
  return { root, below: file.slice(inside(copy).length).split('/').filter(Boolean) };
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Puts what comes out where `--copy-out` says, and remembers what could not be written. */
export class CopyOutWriter {
  readonly #copies: readonly CopyOut[];
  readonly #workdir: string;
  readonly problems: string[] = [];

  private constructor(copies: readonly CopyOut[], workdir: string) {
    this.#copies = copies;
    this.#workdir = workdir;
  }

  /** A HOST that is a directory before the run is one to put things into, as for cp. */
  static async prepare(copies: readonly CopyOut[], workdir: string): Promise<CopyOutWriter> {
    const settled = copies.map(async (copy) => ({
      ...copy,
      into: copy.into || (await isDirectory(copy.host)),
    }));
    return new CopyOutWriter(await Promise.all(settled), workdir);
  }

  readonly write = async ({ path, mode, bytes }: OutgoingFile): Promise<void> => {
    const place = placeOf(path, this.#copies, this.#workdir);
    if (place === null) return;
    const { root, below } = place;
    try {
      const last = below.at(-1);
      if (last === undefined) await writeNamed(root, bytes, mode);
      else await writeBeneath(root, [...below.slice(0, -1), last], bytes, mode);
    } catch (error) {
      this.problems.push(`--copy-out: ${quote(join(root, ...below))}: ${reason(error)}`);
    }
  };
}

async function writeNamed(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeHostFile(path, bytes, mode);
}
