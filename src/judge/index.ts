export { headText } from './difference/visible.js';
export { expectedBytes } from './expected.js';
export { type JudgeInput, type Judgement, judge } from './judge.js';
