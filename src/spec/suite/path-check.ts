import { access, constants, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { HotcellError, invalidSpec, quote, Semaphore } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import { kindOf, reasonOf } from './io-reason.js';
import type { PathUse } from './path-uses.js';
import type { ProblemList } from './problem-list.js';
import { readText } from './read-text.js';
import { checkRegexp } from './text-expectation.js';

/** Looked at side by side; more would only fill the queue of the thread pool. */
const AT_A_TIME = 32;

export interface PathRules {
  /** Of the suite; absolute. */
  readonly baseDir: string;
  /** Whether a path may lead out of it. */
  readonly allowOutside: boolean;
}

const within = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === sep ? sep : `${directory}${sep}`);

/** Adds what is wrong with the paths of a suite: missing, not readable, of the wrong kind, outside of its directory. */
export async function checkPaths(
  uses: readonly PathUse[],
  rules: PathRules,
  problems: ProblemList,
): Promise<void> {
  const checker = new PathChecker(await realpath(rules.baseDir), rules);
  const permits = new Semaphore(AT_A_TIME);
  await Promise.all(
    uses.map(async (use) => {
      const release = await permits.acquire();
      const reason = await checker.problemOf(use).finally(release);
      if (reason !== undefined) problems.add(use.place, reason);
    }),
  );
}

class PathChecker {
  readonly #realBase: string;
  readonly #rules: PathRules;
  /** By path and kind: many cases may name one file. */
  readonly #known = new Map<string, Promise<string | undefined>>();

  constructor(realBase: string, rules: PathRules) {
    this.#realBase = realBase;
    this.#rules = rules;
  }

  problemOf(use: PathUse): Promise<string | undefined> {
    const key = `${use.kind} ${use.regexpFlags ?? '-'} ${use.path}`;
    const known = this.#known.get(key) ?? this.#look(use);
    this.#known.set(key, known);
    return known;
  }

  async #look(use: PathUse): Promise<string | undefined> {
    const path = resolve(this.#rules.baseDir, use.path);
    try {
      // Where it leads is judged first: of what lies outside, not even its being there is told.
      if (!within(path, this.#rules.baseDir)) this.#refuseOutside(use.path);
      const real = await realpath(path);
      if (!within(real, this.#realBase)) this.#refuseOutside(use.path);
      await checkKind(real, use);
      return undefined;
    } catch (error) {
      if (error instanceof HotcellError && error.code === 'invalid-spec') return error.message;
      return `${quote(use.path)}: ${reasonOf(error)}`;
    }
  }

  #refuseOutside(path: string): void {
    if (this.#rules.allowOutside) return;
    throw invalidSpec(
      `${quote(path)} lies outside of the directory of the suite; it must be allowed (--allow-outside)`,
    );
  }
}

async function checkKind(real: string, { path, kind, regexpFlags }: PathUse): Promise<void> {
  const stats = await stat(real);
  const right = kind === 'any' || (kind === 'file' ? stats.isFile() : stats.isDirectory());
  if (!right) {
    const found = stats.isFile() ? 'a file' : kindOf(stats);
    throw invalidSpec(`${quote(path)} is ${found}, not a ${kind}`);
  }
  await access(real, constants.R_OK);
  if (regexpFlags !== undefined)
    checkRegexp(await readText(real, { maxBytes: SUITE_BOUNDS.regexp }), regexpFlags);
}
