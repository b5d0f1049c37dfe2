import type { CompareMode } from '../../spec/index.js';
import type { Comparer } from './finding.js';
import { compareJson } from './json.js';
import { compareMatches } from './matches.js';
import { compareExact, compareLines, compareTrim } from './text.js';
import { compareFloat, compareTokens } from './tokens.js';

export type { Finding, TimeBudget } from './finding.js';
export { regexpBudget } from './matches.js';

const COMPARERS: Readonly<Record<CompareMode, Comparer>> = {
  exact: compareExact,
  trim: compareTrim,
  lines: compareLines,
  tokens: compareTokens,
  float: compareFloat,
  matches: compareMatches,
  json: compareJson,
};

/** Null when what was written is as expected. Takes time in proportion to the two, whatever they hold. */
export const compare: Comparer = (expected, actual, options) =>
  COMPARERS[options.compare](expected, actual, options);
