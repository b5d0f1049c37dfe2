/** What must be read of the files that a suite names, before it runs: regular expressions and env files. */
import { BOUNDS } from '../bounds.js';
import { checkEnvSize, type Env } from '../env.js';
import { parseEnvFile } from '../env-file.js';
import type { CheckedJob } from '../job.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { CheckedPath } from './path-check.js';
import type { ProblemList } from './problem-list.js';
import { readText } from './read-text.js';
import type { Case, Program, Suite } from './suite.js';
import { checkRegexp } from './text-expectation.js';

/** Nothing of the host's environment comes into a suite: its results must not depend on who runs it. */
const NO_HOST_ENV = {};

/** Variables by absolute path of their file. */
export type EnvFiles = ReadonlyMap<string, Env>;

async function read({ use, real }: CheckedPath): Promise<Env | undefined> {
  if (use.content === 'env') {
    const text = await readText(real, { maxBytes: BOUNDS.envFileBytes });
    return parseEnvFile(text, use.path, NO_HOST_ENV);
  }
  if (use.content !== undefined) {
    checkRegexp(await readText(real, { maxBytes: SUITE_BOUNDS.regexp }), use.content.flags);
  }
  return undefined;
}

/** The env files by the path that a job has them by, after the problems of all contents were added. */
export async function readContents(
  checked: readonly CheckedPath[],
  pathOf: (use: CheckedPath['use']) => string,
  problems: ProblemList,
): Promise<EnvFiles> {
  const files = new Map<string, Env>();
  for (const one of checked) {
    const path = pathOf(one.use);
    if (one.use.content === undefined || files.has(path)) continue;
    const env = await problems.attemptAsync(one.use.place, () => read(one));
    if (env !== undefined) files.set(path, env);
  }
  return files;
}

/** Later files win over earlier ones, and what the job says over all. */
function withEnv(job: CheckedJob, files: EnvFiles): CheckedJob {
  if (job.envFile.length === 0) return job;
  const env = Object.assign({}, ...job.envFile.map((path) => files.get(path)), job.env) as Env;
  checkEnvSize(env);
  return { ...job, env, envFile: [] };
}

const ofProgram = (program: Program, files: EnvFiles): Program => {
  const job = withEnv(program.job, files);
  return job === program.job ? program : { ...program, job };
};

function ofCase(item: Case, files: EnvFiles): Case {
  const { program, interactor, expect } = item;
  const { checker } = expect;
  return {
    ...item,
    program: ofProgram(program, files),
    interactor: interactor === null ? null : ofProgram(interactor, files),
    expect: checker === null ? expect : { ...expect, checker: ofProgram(checker, files) },
  };
}

/** The suite with its env files in it. @throws HotcellError `invalid-spec` when the variables are too many */
export function withEnvFiles(suite: Suite, files: EnvFiles): Suite {
  if (files.size === 0) return suite;
  return {
    ...suite,
    builds: suite.builds.map((build) => ({ ...build, job: withEnv(build.job, files) })),
    cases: suite.cases.map((item) => ofCase(item, files)),
  };
}
