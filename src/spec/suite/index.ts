export type { SuiteInput } from './input.js';
export { loadSuites } from './lazy.js';
export type { LoadOptions } from './load.js';
export { type ParseSuiteOptions, parseSuite } from './parse.js';
export {
  type Build,
  type Case,
  COMPARE_MODES,
  type CompareMode,
  type Expect,
  type Program,
  type Suite,
  type TextExpectation,
} from './suite.js';
