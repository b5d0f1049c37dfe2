export { type CopiedOutput, RunControl, type RunOptions, runJob } from './run-job.js';
