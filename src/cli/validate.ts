import type { Suite } from '../spec/index.js';
import type { Io } from './io/io.js';
import type { TestKit } from './test/kit.js';
import type { ValidateFlags } from './validate-flags.js';

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function found(suites: readonly Suite[]): string {
  const cases = suites.reduce((sum, suite) => sum + suite.cases.length, 0);
  const builds = suites.reduce((sum, suite) => sum + suite.builds.length, 0);
  const parts = [counted(suites.length, 'suite'), counted(cases, 'case'), counted(builds, 'build')];
  return `${parts.join(', ')}: nothing is wrong with them\n`;
}

/**
 * `hotcell validate`: reads suites as `hotcell test` does, and runs nothing.
 *
 * @throws HotcellError `invalid-spec` with every problem of every file
 */
export async function validateCommand(
  { allowOutside = false, allowUnsafe = false, quiet = false }: ValidateFlags,
  files: readonly string[],
  { io, loadKit }: { readonly io: Io; readonly loadKit: () => Promise<Pick<TestKit, 'loadSuites'>> },
): Promise<number> {
  const kit = await loadKit();
  const suites = await kit.loadSuites(files.length === 0 ? ['.'] : files, {
    ...{ cwd: io.cwd, allowOutside, allowUnsafe },
  });
  if (!quiet) await io.stdout.write(found(suites));
  return 0;
}
