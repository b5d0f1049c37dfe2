import { createContext, Script } from 'node:vm';
import { formatMs } from '../../core/index.js';
import { headText } from '../difference/visible.js';
import type { Comparer, ReasonFinding, TimeBudget } from './finding.js';

/** Some expressions take years; this is far more than any sensible one needs. */
const TIMEOUT_MS = 1000;
const TIMEOUT_MS_PER_MIB = 250;
/** A case may have a thousand of them. */
const TOGETHER_MS = 5000;

/** For all expressions of one case together. */
export const regexpBudget = (): TimeBudget => ({ leftMs: TOGETHER_MS });

const timeoutFor = (characters: number): number =>
  TIMEOUT_MS + Math.ceil((characters / 1024 ** 2) * TIMEOUT_MS_PER_MIB);

const SHOWN_SOURCE = 200;

// The search runs in a context of its own only because that is how V8 lets one be interrupted.
const context = createContext(Object.create(null));
const search = new Script('new RegExp(source, flags).test(text)', { filename: 'matches' });

type Found = 'found' | 'not-found' | 'too-long' | 'no-time-left' | { readonly problem: string };

interface Search {
  readonly source: string;
  readonly flags: string;
  readonly actual: Buffer;
}

function find({ source, flags, actual }: Search, timeLeftMs: number): Found {
  try {
    const text = actual.toString('utf8'); // throws for more than a string can hold
    Object.assign(context, { source, flags, text });
    const timeout = Math.min(timeoutFor(text.length), timeLeftMs);
    return search.runInContext(context, { timeout }) === true ? 'found' : 'not-found';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'too-long' : { problem: message };
  } finally {
    Object.assign(context, { source: '', flags: '', text: '' });
  }
}

function findWithin(search: Search, budget: TimeBudget): Found {
  const leftMs = Math.floor(budget.leftMs);
  if (leftMs < 1) return 'no-time-left';
  const startedAt = performance.now();
  const found = find(search, leftMs);
  budget.leftMs -= performance.now() - startedAt;
  return found;
}

function reasonOf(found: Exclude<Found, 'found'>): string {
  switch (found) {
    case 'not-found':
      return 'the expression finds nothing';
    case 'too-long':
      return 'the expression takes too long: it may never come to an end';
    case 'no-time-left':
      return `no time is left for the expression: those of a case have ${formatMs(TOGETHER_MS)} together`;
    default:
      return `the expression cannot be used: ${headText(Buffer.from(found.problem), SHOWN_SOURCE)}`;
  }
}

export const compareMatches: Comparer = (expected, actual, { flags, budget }): ReasonFinding | null => {
  const source = expected.toString('utf8');
  const found = findWithin({ source, flags, actual }, budget);
  if (found === 'found') return null;
  const expression = `/${headText(expected, SHOWN_SOURCE)}/${flags}`;
  return { kind: 'reason', reason: reasonOf(found), expected: expression, actual: headText(actual) };
};
