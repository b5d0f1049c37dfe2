import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { quote } from '../../core/index.js';
import type { CopiedOutput } from '../../engine/index.js';
import { reason } from '../reason.js';
import type { CopyOut } from './copy.js';
import { makeBeneath, writeBeneath, writeHostFile } from './host-file.js';
import { isBeneath } from './paths.js';

/** Where a file goes: `root` is the user's word, `below` the program's (empty for a file that the user named). */
interface Place {
  readonly root: string;
  readonly below: readonly string[];
}

/**
 * The place of what came out for `copy`, which is where it is inside: `path` is absolute. Null for a path that is not
 * in what was asked for.
 */
export function placeOf(path: string, copy: CopyOut, workdir: string): Place | null {
  const wanted = posix.resolve(workdir, copy.path);
  const found = posix.resolve(workdir, path);
  if (!isBeneath(found, wanted)) return null;
  const root = copy.into ? join(copy.host, basename(copy.path)) : copy.host;
  return { root, below: found.slice(wanted.length).split('/').filter(Boolean) };
}

/** What cannot be looked at is none: writing to it then says why. */
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

  readonly write = async (output: CopiedOutput): Promise<void> => {
    const copy = this.#copies[output.output];
    const place = copy === undefined ? null : placeOf(output.path, copy, this.#workdir);
    if (place === null) {
      this.problems.push(`--copy-out: ${quote(output.path)}: nobody asked for it`);
      return;
    }
    try {
      await put(place, output);
    } catch (error) {
      this.problems.push(`--copy-out: ${quote(join(place.root, ...place.below))}: ${reason(error)}`);
    }
  };
}

async function put({ root, below }: Place, { kind, bytes, mode }: CopiedOutput): Promise<void> {
  if (kind === 'directory') return await makeBeneath(root, below);
  if (below.length > 0) return await writeBeneath(root, below, bytes, mode);
  await mkdir(dirname(root), { recursive: true });
  await writeHostFile(root, bytes, mode);
}
