export { ANSWER_MAX_BYTES, readTreeAnswer, type TreeFailure, treeError } from './answer.js';
export { TreeEncoder } from './encoder.js';
export type {
  TreeEntry,
  TreeFile,
  TreeHardlink,
  TreePath,
  TreeSymlink,
  TreeTime,
  TreeXattr,
} from './entries.js';
export type { TreeSink, TreeWriter } from './sink.js';
