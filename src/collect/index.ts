export { Capture } from './capture.js';
export type { CgroupVersion } from './metrics.js';
export { foldOutcome } from './outcome.js';
export { describeOutput, pathText } from './outputs.js';
export { signalName } from './verdict.js';
