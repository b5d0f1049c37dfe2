import { access, constants, lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { HotcellError, invalidSpec, quote, Semaphore } from '../../core/index.js';
import { kindOf, reasonOf } from './io-reason.js';
import { linksOn } from './links.js';
import type { PathUse } from './path-uses.js';
import type { ProblemList } from './problem-list.js';

/** Looked at side by side; more would only fill the queue of the thread pool. */
const AT_A_TIME = 32;

export interface PathRules {
  /** Of the suite; absolute. */
  readonly baseDir: string;
  /** Whether a path may lead out of it. */
  readonly allowOutside: boolean;
}

/** A path that leads to something of the right kind. */
export interface CheckedPath {
  readonly use: PathUse;
  /** Absolute, without symbolic links. */
  readonly real: string;
  /** The symbolic links that lead there, each absolute and itself without others on the way to it. */
  readonly links: readonly string[];
}

/** Whether the path is the directory or lies in it; both absolute and normal. */
export const within = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);

/** Those that are right; what is wrong with the others is added: missing, not readable, of the wrong kind, outside. */
export async function checkPaths(
  uses: readonly PathUse[],
  rules: PathRules,
  problems: ProblemList,
): Promise<CheckedPath[]> {
  const checker = new PathChecker(await realpath(rules.baseDir), rules);
  const permits = new Semaphore(AT_A_TIME);
  const checked = await Promise.all(
    uses.map(async (use) => {
      const release = await permits.acquire();
      const look = await checker.look(use).finally(release);
      if ('real' in look) return [{ use, ...look }];
      if (use.mayBeMissing === true && look.missing !== undefined) return [{ use, ...look.missing }];
      problems.add(use.place, look.reason);
      return [];
    }),
  );
  return checked.flat();
}

type Way = Omit<CheckedPath, 'use'>;

/** `missing`: where it would lead, when nothing is there. */
type Look = Way | { readonly reason: string; readonly missing?: Way | undefined };

const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    () => false,
  );

/** The root is always there. */
async function nearestDirectory(path: string): Promise<string> {
  let at = dirname(path);
  while (!(await isThere(at))) at = dirname(at);
  return at;
}

class PathChecker {
  readonly #realBase: string;
  readonly #rules: PathRules;
  /** By path and kind: many cases may name one file. */
  readonly #known = new Map<string, Promise<Look>>();

  constructor(realBase: string, rules: PathRules) {
    this.#realBase = realBase;
    this.#rules = rules;
  }

  look(use: PathUse): Promise<Look> {
    const key = `${use.kind} ${use.path}`;
    const known = this.#known.get(key) ?? this.#lookOnce(use);
    this.#known.set(key, known);
    return known;
  }

  async #lookOnce(use: PathUse): Promise<Look> {
    try {
      return await this.#followed(use);
    } catch (error) {
      if (error instanceof HotcellError && error.code === 'invalid-spec') return { reason: error.message };
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const missing = isMissing ? await this.#wayToNothing(use).catch(() => undefined) : undefined;
      return { reason: `${quote(use.path)}: ${reasonOf(error)}`, missing };
    }
  }

  /**
   * By the directories that are there: a program that may write in one of them could put a link where the file is to be.
   * Undefined when it would lie outside, or is itself a link that leads nowhere.
   */
  async #wayToNothing({ path }: PathUse): Promise<Way | undefined> {
    const { baseDir, allowOutside } = this.#rules;
    const whole = resolve(baseDir, path);
    if (await isThere(whole)) return undefined;
    const above = await nearestDirectory(whole);
    const real = join(await realpath(above), relative(above, whole));
    if (!allowOutside && !within(real, this.#realBase)) return undefined;
    return { real, links: await linksOn(above) };
  }

  /** Outside is refused before anything there is looked at: not even whether it is there is told. */
  async #followed(use: PathUse): Promise<Way> {
    const { baseDir, allowOutside } = this.#rules;
    const path = resolve(baseDir, use.path);
    if (!allowOutside && !within(path, baseDir)) throw outside(use.path);
    const real = await realpath(path);
    if (!allowOutside && !within(real, this.#realBase)) throw outside(use.path);
    await checkKind(real, use);
    return { real, links: real === path ? [] : await linksOn(path) };
  }
}

const outside = (path: string): HotcellError =>
  invalidSpec(
    `${quote(path)} lies outside of the directory of the suite; copy it there, or allow it (--allow-outside)`,
  );

async function checkKind(real: string, { path, kind }: PathUse): Promise<void> {
  const stats = await stat(real);
  const right = kind === 'any' || (kind === 'file' ? stats.isFile() : stats.isDirectory());
  if (!right) throw invalidSpec(`${quote(path)} is ${kindOf(stats)}, not a ${kind}`);
  await access(real, constants.R_OK);
}

/**
 * Adds a problem for each path that goes through a directory in which a program of any suite may write, be it only by a
 * symbolic link there: put elsewhere by a program, it would let the next one read anything of the host.
 */
export function checkWritable(
  suites: readonly { readonly checked: readonly CheckedPath[]; readonly problems: ProblemList }[],
): void {
  const all = suites.flatMap(({ checked }) => checked);
  const writable = [...new Set(all.filter(({ use }) => use.writable).map(({ real }) => real))];
  if (writable.length === 0) return;
  for (const { checked, problems } of suites) {
    for (const { use, real, links } of checked) {
      const ways = [...links, real];
      const through = writable.find((directory) =>
        ways.some((way) => way !== directory && within(way, directory)),
      );
      if (through === undefined) continue;
      const lies = within(real, through) ? 'lies in' : 'leads through a link in';
      const message = `${quote(use.path)} ${lies} ${quote(through)}, where a mount lets programs write`;
      problems.add(use.place, `${message}; mount that as "overlay" or "ro", or move the file`);
    }
  }
}
