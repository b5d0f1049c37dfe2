import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReporterSpec } from '../../engine/index.js';
import type { Suite } from '../../spec/index.js';
import { usageError } from '../run/values.js';

/** Null for what is not there, or cannot be looked at: whoever opens it says why. */
async function identityOf(path: string): Promise<string | null> {
  return await stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}

/**
 * Whatever it is called, and whichever link leads to it.
 *
 * @throws HotcellError `invalid-usage` when a report would take the place of a suite that is run
 */
export async function refuseSuiteTargets(
  specs: readonly ReporterSpec[],
  { suites, cwd }: { readonly suites: readonly Suite[]; readonly cwd: string },
): Promise<void> {
  const paths = suites.flatMap(({ path }) => (path === null ? [] : [path]));
  const taken = new Set(await Promise.all(paths.map(identityOf)));
  for (const { name, file } of specs) {
    const target = file === null ? null : await identityOf(resolve(cwd, file));
    if (target === null || !taken.has(target)) continue;
    throw usageError(`--reporter: ${name}=${file} would overwrite a suite that is run`);
  }
}
