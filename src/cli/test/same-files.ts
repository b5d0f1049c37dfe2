import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';
import type { FoundRun } from './history.js';
import type { Settled } from './load.js';

/** A message names no more of them. */
const MAX_NAMED = 3;

function named(files: readonly string[]): string {
  const more = files.length - MAX_NAMED;
  const shown = files.slice(0, MAX_NAMED).map((file) => quote(file));
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A pattern, or a file that has gone, is what it is called. */
async function places(files: readonly string[], cwd: string): Promise<string> {
  const paths = files.map((file) => resolve(cwd, file));
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return JSON.stringify([...new Set(real)].sort());
}

const titleOf = ({ name, id }: FoundRun): string => name ?? id;

/**
 * A resumed run of other suites would have the results of some under the name of the others.
 *
 * @returns the same without FILEs: suites are called what they were called when it began
 * @throws HotcellError `invalid-usage` when FILEs are given that are not the run's own
 */
export async function withOwnFiles({ plan, found }: Settled, cwd: string): Promise<Settled> {
  if (found === null || plan.files.length === 0) return { plan, found };
  const before = await places(found.files, found.cwd ?? cwd);
  if ((await places(plan.files, cwd)) === before) return { plan: { ...plan, files: [] }, found };
  throw usageError(
    `--resume: run ${titleOf(found)} was of ${named(found.files)}, not of ${named(plan.files)}; leave the FILE away, or name another run`,
  );
}
