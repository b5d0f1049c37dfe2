export { headText } from './difference/visible.js';
export { type JudgeInput, type Judgement, judge } from './judge.js';
