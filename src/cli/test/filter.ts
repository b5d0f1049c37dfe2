import { runInNewContext } from 'node:vm';
import { quote } from '../../core/index.js';
import type { Suite } from '../../spec/index.js';
import { usageError } from '../run/values.js';
import { titleOf } from '../title.js';
import type { CaseInfo } from './engine.js';

/** `--filter`: text that a title has, whatever the case of its letters, or a regular expression that matches. */
export type TitleFilter =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly written: string; readonly pattern: RegExp };

/** What `--label` asks for: of each name any of the values; null is any value at all. */
export type LabelFilter = ReadonlyMap<string, ReadonlySet<string | null>>;

const PATTERN = /^\/(.+)\/([a-z]*)$/s;

export function parseTitleFilter(written: string): TitleFilter {
  if (written === '')
    throw usageError('--filter: "" is in every title; give a text, or /a regular expression/');
  const [, source, flags] = PATTERN.exec(written) ?? [];
  if (source === undefined) return { kind: 'text', text: written.toLowerCase() };
  try {
    // Without g and y: they make a pattern remember where it was.
    return { kind: 'pattern', written, pattern: new RegExp(source, flags?.replace(/[gy]/g, '')) };
  } catch (error) {
    throw usageError(`--filter: ${quote(written)}: ${String(error).replace(/^.*: /, '')}`, error);
  }
}

export function parseLabelFilters(written: readonly string[]): LabelFilter {
  const wanted = new Map<string, Set<string | null>>();
  for (const text of written) {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    if (name === '') throw usageError(`--label: ${quote(text)} names no label; use NAME or NAME=VALUE`);
    wanted.set(name, (wanted.get(name) ?? new Set()).add(at === -1 ? null : text.slice(at + 1)));
  }
  return wanted;
}

const hasLabels = (labels: CaseInfo['labels'], wanted: LabelFilter): boolean =>
  [...wanted].every(([name, values]) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return value !== undefined && (values.has(null) || values.has(value));
  });

const MATCH_MS = 2000;

/** Which of the titles match. In a context of its own only because that is where V8 can be told when to give up. */
function matching(
  titles: readonly string[],
  { pattern, written }: TitleFilter & { kind: 'pattern' },
): Set<string> {
  const context = { titles, pattern, found: [] as string[] };
  try {
    runInNewContext('for (const title of titles) if (pattern.test(title)) found.push(title)', context, {
      timeout: MATCH_MS,
    });
  } catch (error) {
    throw usageError(`--filter: ${quote(written)} takes too long; give a simpler expression`, error);
  }
  return new Set(context.found);
}

function titlesThatMatch(titles: readonly string[], filter: TitleFilter): Set<string> {
  if (filter.kind === 'pattern') return matching(titles, filter);
  return new Set(titles.filter((title) => title.toLowerCase().includes(filter.text)));
}

/**
 * Whether a case is to run: any of the title filters, and all of the labels. Undefined when everything is.
 *
 * @throws HotcellError `invalid-usage` for an expression that does not come to an end
 */
export function caseFilter(
  suites: readonly Suite[],
  titles: readonly TitleFilter[],
  labels: LabelFilter,
): ((info: CaseInfo) => boolean) | undefined {
  if (titles.length === 0 && labels.size === 0) return undefined;
  const all = suites.flatMap(({ name, cases }) => cases.map((each) => titleOf({ ...each, suite: name })));
  const taken = titles.map((filter) => titlesThatMatch(all, filter));
  return (info) =>
    hasLabels(info.labels, labels) && (taken.length === 0 || taken.some((set) => set.has(titleOf(info))));
}
