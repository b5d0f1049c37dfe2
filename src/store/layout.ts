/**
 * Where everything lies beneath the home directory:
 *
 *     runs/            0700, ours
 *       <id>/          a run that can be seen
 *         record.json  what it is and how it ended, replaced as a whole
 *         outcomes.jsonl  the journal
 *         stdout, stderr, chunks  what the program wrote, and when
 *         owner.<n>    symbolic link; its target names the process that writes here since the n-th time
 *       .new-<id>/     one that is being made; it becomes <id>/ by renaming
 *       .old-<id>-…/   one that is being removed
 *     names/
 *       <name>@<id>    claims; see names.ts
 */
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HotcellError } from '../core/index.js';
import { ioError, unlessAbsent } from './io-error.js';

const ID = /^[0-9a-z]{26}$/;

export const FILES = {
  record: 'record.json',
  journal: 'outcomes.jsonl',
  stdout: 'stdout',
  stderr: 'stderr',
  chunks: 'chunks',
} as const;

async function ownDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = await lstat(path);
    const isOurs = uid === (process.geteuid?.() ?? uid);
    // What others may write, they can make us append to or remove.
    if (isOurs && (mode & 0o022) === 0) return path;
  } catch (cause) {
    throw ioError(`cannot keep the history in ${path}`, cause);
  }
  throw new HotcellError({
    code: 'io',
    message: `${path} is not only ours to write; remove it, or choose another HOTCELL_HOME`,
  });
}

export class Layout {
  readonly runs: string;
  readonly names: string;

  private constructor(home: string) {
    this.runs = join(home, 'runs');
    this.names = join(home, 'names');
  }

  /** Makes what is missing. @throws HotcellError `io` */
  static async make(home: string): Promise<Layout> {
    const layout = new Layout(home);
    for (const path of [layout.runs, layout.names]) await ownDirectory(path);
    return layout;
  }

  run(id: string): string {
    return join(this.runs, id);
  }

  unborn(id: string): string {
    return join(this.runs, `.new-${id}`);
  }

  removed(id: string, salt: string): string {
    return join(this.runs, `.old-${id}-${salt}`);
  }

  /** Ids of all runs, the newest first: an id begins with its time. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.runs);
    return names
      .filter((name) => ID.test(name))
      .sort()
      .reverse();
  }

  /** Directories that are no runs: half-made or half-removed ones. */
  async remains(): Promise<string[]> {
    return (await readdir(this.runs)).filter((name) => /^\.(new|old)-/.test(name));
  }
}

export const exists = async (path: string): Promise<boolean> =>
  (await unlessAbsent(async () => await lstat(path), null)) !== null;
