import { createContext, Script } from 'node:vm';
import { quote } from '../../core/index.js';
import { headText } from '../difference/visible.js';
import type { Comparer, ReasonFinding } from './finding.js';

/** Some expressions take years; this is far more than any sensible one needs. */
const TIMEOUT_MS = 1000;
const TIMEOUT_MS_PER_MIB = 250;

const timeoutFor = (characters: number): number =>
  TIMEOUT_MS + Math.ceil((characters / 1024 ** 2) * TIMEOUT_MS_PER_MIB);

const SHOWN_SOURCE = 200;

// The search runs in a context of its own only because that is how V8 lets one be interrupted.
const context = createContext(Object.create(null));
const search = new Script('new RegExp(source, flags).test(text)', { filename: 'matches' });

type Found = 'found' | 'not-found' | 'too-long' | { readonly problem: string };

function find(source: string, flags: string, text: string): Found {
  Object.assign(context, { source, flags, text });
  try {
    return search.runInContext(context, { timeout: timeoutFor(text.length) }) === true
      ? 'found'
      : 'not-found';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'too-long' : { problem: message };
  } finally {
    Object.assign(context, { source: '', flags: '', text: '' });
  }
}

function reasonOf(found: Exclude<Found, 'found'>): string {
  if (found === 'not-found') return 'the expression finds nothing';
  if (found === 'too-long') return 'the expression takes too long: it may never come to an end';
  return `the expression cannot be used: ${quote(found.problem, SHOWN_SOURCE)}`;
}

export const compareMatches: Comparer = (expected, actual, { flags }): ReasonFinding | null => {
  const source = expected.toString('utf8');
  const found = find(source, flags, actual.toString('utf8'));
  if (found === 'found') return null;
  const expression = `/${headText(expected, SHOWN_SOURCE)}/${flags}`;
  return { kind: 'reason', reason: reasonOf(found), expected: expression, actual: headText(actual) };
};
