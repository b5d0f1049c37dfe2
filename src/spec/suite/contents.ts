/** What must be read of the files that a suite names, before it runs: regular expressions, env files, seccomp profiles. */
import { BOUNDS } from '../bounds.js';
import { checkEnvSize, type Env } from '../env.js';
import { parseEnvFile } from '../env-file.js';
import type { CheckedJob } from '../job.js';
import { parseSeccompProfile, SECCOMP_BOUNDS, type SeccompProfile } from '../seccomp/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { CheckedPath } from './path-check.js';
import type { ProblemList } from './problem-list.js';
import { readText } from './read-text.js';
import type { Case, Program, Suite } from './suite.js';
import { checkRegexp } from './text-expectation.js';

/** Nothing of the host's environment comes into a suite: its results must not depend on who runs it. */
const NO_HOST_ENV = {};

/** By absolute path of their file. */
export interface Contents {
  readonly env: ReadonlyMap<string, Env>;
  readonly seccomp: ReadonlyMap<string, SeccompProfile>;
}

interface Reading {
  readonly env: Map<string, Env>;
  readonly seccomp: Map<string, SeccompProfile>;
}

async function read({ use, real }: CheckedPath, path: string, to: Reading): Promise<void> {
  if (use.content === 'env') {
    const text = await readText(real, { maxBytes: BOUNDS.envFileBytes });
    to.env.set(path, parseEnvFile(text, use.path, NO_HOST_ENV));
  } else if (use.content === 'seccomp') {
    const text = await readText(real, { maxBytes: SECCOMP_BOUNDS.fileBytes });
    to.seccomp.set(path, await parseSeccompProfile(text, use.path));
  } else if (use.content !== undefined) {
    checkRegexp(await readText(real, { maxBytes: SUITE_BOUNDS.regexp }), use.content.flags);
  }
}

/** The contents by the path that a job has them by, after the problems of all were added. */
export async function readContents(
  checked: readonly CheckedPath[],
  pathOf: (use: CheckedPath['use']) => string,
  problems: ProblemList,
): Promise<Contents> {
  const contents: Reading = { env: new Map(), seccomp: new Map() };
  for (const one of checked) {
    const path = pathOf(one.use);
    const { content } = one.use;
    if (content === undefined || (typeof content === 'string' && contents[content].has(path))) continue;
    await problems.attemptAsync(one.use.place, () => read(one, path, contents));
  }
  return contents;
}

/** Later files win over earlier ones, and what the job says over all. */
function withEnv(job: CheckedJob, { env: files }: Contents): CheckedJob {
  if (job.envFile.length === 0) return job;
  const env = Object.assign({}, ...job.envFile.map((path) => files.get(path)), job.env) as Env;
  checkEnvSize(env);
  return { ...job, env, envFile: [] };
}

function withSeccomp(job: CheckedJob, { seccomp: files }: Contents): CheckedJob {
  const { seccomp } = job;
  const profile = typeof seccomp === 'object' && seccomp.kind === 'file' && files.get(seccomp.path);
  if (!profile) return job;
  return { ...job, seccomp: { kind: 'profile', path: seccomp.path, profile } };
}

const ofJob = (job: CheckedJob, contents: Contents): CheckedJob =>
  withSeccomp(withEnv(job, contents), contents);

const ofProgram = (program: Program, contents: Contents): Program => {
  const job = ofJob(program.job, contents);
  return job === program.job ? program : { ...program, job };
};

function ofCase(item: Case, contents: Contents): Case {
  const { program, interactor, expect } = item;
  const { checker } = expect;
  return {
    ...item,
    program: ofProgram(program, contents),
    interactor: interactor === null ? null : ofProgram(interactor, contents),
    expect: checker === null ? expect : { ...expect, checker: ofProgram(checker, contents) },
  };
}

/** The suite with its env files and profiles in it. @throws HotcellError `invalid-spec` when the variables are too many */
export function withContents(suite: Suite, contents: Contents): Suite {
  if (contents.env.size + contents.seccomp.size === 0) return suite;
  return {
    ...suite,
    builds: suite.builds.map((build) => ({ ...build, job: ofJob(build.job, contents) })),
    cases: suite.cases.map((item) => ofCase(item, contents)),
  };
}
