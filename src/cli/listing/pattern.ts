import { runInNewContext } from 'node:vm';
import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';

/** A regular expression can take for ever; on names and labels none that is meant does. */
const TIMEOUT_MS = 1000;

const GLOB = /^[\w.:/@+-]*[*?][\w.:/@+*?-]*$/;

const isGlob = (text: string): boolean => GLOB.test(text) && !text.includes('.*');

const SPECIAL = /[.+^${}()|[\]\\/]/g;

function globSource(glob: string, any = '.'): string {
  const source = glob.replace(SPECIAL, '\\$&').replaceAll('*', `${any}*`).replaceAll('?', any);
  return `^${source}$`;
}

function checkRegExp(flag: string, source: string): void {
  try {
    new RegExp(source, 's');
  } catch (error) {
    throw usageError(`--filter: ${flag}=${quote(source)}: ${String(error).replace(/^.*: /s, '')}`, error);
  }
}

/** In a context of its own, since only there a regular expression can be broken off. */
const TEST_ALL = `
  const expression = new RegExp(source, 's');
  JSON.stringify(JSON.parse(texts).map((text) => expression.test(text)));
`;

/** Which of many texts fit. @throws HotcellError `invalid-usage` when it takes too long to say */
export type Matcher = (texts: readonly string[]) => readonly boolean[];

interface Wanted {
  readonly key: string;
  /** As it was written. */
  readonly text: string;
  readonly source: string;
}

function testAll({ key, text, source }: Wanted, texts: readonly string[]): boolean[] {
  try {
    const context = { source, texts: JSON.stringify(texts) };
    const result: unknown = JSON.parse(String(runInNewContext(TEST_ALL, context, { timeout: TIMEOUT_MS })));
    return Array.isArray(result) ? result.map(Boolean) : [];
  } catch (error) {
    throw usageError(`--filter: ${key}=${quote(text)} takes longer than ${TIMEOUT_MS / 1000}s`, error);
  }
}

/** The whole text, or a glob (`web-*`) that it fits as a whole. */
export function exactOrGlob(key: string, text: string): Matcher {
  if (!isGlob(text)) return (texts) => texts.map((one) => one === text);
  return (texts) => testAll({ key, text, source: globSource(text) }, texts);
}

/** As {@link exactOrGlob}, but neither `*` nor `?` reaches over a slash. */
export function pathGlob(key: string, text: string): Matcher {
  const source = globSource(text, '[^/]');
  return (texts) => testAll({ key, text, source }, texts);
}

/**
 * As docker's filters: the whole text, or a regular expression that finds something in it; but `web*` is the glob that
 * it looks like.
 *
 * @throws HotcellError `invalid-usage` for what is no regular expression
 */
export function anyPattern(key: string, text: string): Matcher {
  if (isGlob(text)) return exactOrGlob(key, text);
  checkRegExp(key, text);
  return (texts) =>
    testAll({ key, text, source: text }, texts).map((found, at) => found || texts[at] === text);
}
