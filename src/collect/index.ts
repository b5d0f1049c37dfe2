export { Capture } from './capture.js';
export { foldOutcome } from './outcome.js';
export { OutputList } from './output-list.js';
export { describeOutput, pathText } from './outputs.js';
export { SeriesRecorder } from './series.js';
