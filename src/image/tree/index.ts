export { ANSWER_MAX_BYTES, readTreeAnswer, type TreeFailure, treeError } from './answer.js';
export { TreeEncoder } from './encoder.js';
export type { TreeEntry } from './entries.js';
export type { TreeSink, TreeWriter } from './sink.js';
