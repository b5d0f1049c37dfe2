export { runBuild } from './run-build.js';
export { runCase } from './run-case.js';
export { type CopiedOutput, RunControl, type RunOptions, runJob, type WorkerContext } from './run-job.js';
export type { BuildTask, BuiltFile, CaseTask, TaskOptions } from './task.js';
