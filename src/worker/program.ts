import { HotcellError, quote } from '../core/index.js';
import {
  type CheckedJob,
  type Companion,
  inWorkdir,
  type JobFile,
  type Outcome,
  type Program,
  type Role,
} from '../spec/index.js';
import type { CaseTask } from './task.js';

/** Adds files to a job; where one of the job's own is in their place, they take it. */
export function withFiles(job: CheckedJob, files: readonly JobFile[]): CheckedJob {
  if (files.length === 0) return job;
  const taken = new Set(files.map(({ dest }) => inWorkdir(dest, job.workdir)));
  const own = job.files.filter(({ dest }) => !taken.has(inWorkdir(dest, job.workdir)));
  return { ...job, files: [...own, ...files] };
}

/** The program's job with what its build made. */
export function jobOf({ job, build }: Program, built: CaseTask['built']): CheckedJob {
  if (build === null) return job;
  const files = Object.hasOwn(built, build) ? built[build] : undefined;
  if (files === undefined)
    throw new HotcellError({ code: 'internal', message: `nothing was built for ${quote(build)}` });
  return withFiles(
    job,
    files.map(({ dest, path, mode }) => ({ dest, source: { kind: 'path', path }, mode })),
  );
}

export function companionOf(outcome: Outcome, role: Role): Companion {
  const { suite: _s, case: _c, attempt: _a, repeat: _r, final: _f, ...rest } = outcome;
  const { worker: _w, labels: _l, differences: _d, companions: _o, series: _e, points: _p, ...ran } = rest;
  return { ...ran, role };
}
