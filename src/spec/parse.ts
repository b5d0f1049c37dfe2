import { invalidSpec } from '../core/index.js';
import { structureProblem } from './guard.js';
import { withAbsoluteHostPaths } from './host-paths.js';
import { type CheckedJob, jobSchema } from './job.js';
import { describeIssue, joinProblems, problemLines } from './problems.js';

export interface ParseOptions {
  /** What relative host paths are relative to; the working directory of the process if not given. */
  readonly baseDir?: string;
}

/**
 * A checked job with every default filled in that its image does not decide, and every host path absolute, from whatever
 * the user gave.
 *
 * @throws HotcellError `invalid-spec`; its message has one line per problem: path, value, what is allowed, and the
 * nearest right thing, such as `limits.memroy: unknown key; did you mean "memory"?`
 */
export function parseJob(input: unknown, { baseDir = process.cwd() }: ParseOptions = {}): CheckedJob {
  const problem = structureProblem(input);
  if (problem !== undefined) throw invalidSpec(problem);
  const result = jobSchema.safeParse(input, { error: describeIssue });
  if (!result.success) throw invalidSpec(joinProblems(problemLines(result.error.issues)));
  return withAbsoluteHostPaths(result.data, baseDir);
}
