export { type CopiedOutput, RunControl, type RunOptions, runJob, type WorkerContext } from './run-job.js';
