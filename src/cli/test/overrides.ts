import type { Build, Case, CheckedJob, Program, Suite } from '../../spec/index.js';
import type { Overrides } from './plan.js';

/** Suites with what the command line says about all of their programs, checkers and builds included. */
export function overridden(
  suites: readonly Suite[],
  { isolation, allowDegraded }: Overrides,
): readonly Suite[] {
  if (isolation === null && !allowDegraded) return suites;
  const job = (original: CheckedJob): CheckedJob => ({
    ...original,
    isolation: isolation ?? original.isolation,
    allowDegraded: allowDegraded || original.allowDegraded,
  });
  const program = <T extends Program | null>(original: T): T =>
    original === null ? original : { ...original, job: job(original.job) };
  const build = (original: Build): Build => ({ ...original, job: job(original.job) });
  const item = (original: Case): Case => ({
    ...original,
    program: program(original.program),
    interactor: program(original.interactor),
    expect: { ...original.expect, checker: program(original.expect.checker) },
  });
  return suites.map((suite) => ({
    ...suite,
    builds: suite.builds.map(build),
    cases: suite.cases.map(item),
  }));
}
