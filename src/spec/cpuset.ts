import { invalidSpec, quote } from '../core/index.js';

/** CPUs are numbered below this; the largest NR_CPUS that Linux can be built with. */
const MAX_CPU = 8191;
const MAX_LENGTH = 4096;
const RANGE = /^(\d{1,4})(?:-(\d{1,4}))?$/;

interface Range {
  readonly first: number;
  readonly last: number;
}

function parseRange(text: string, part: string): Range {
  const [, from, to = from] = RANGE.exec(part) ?? [];
  if (from === undefined || to === undefined) {
    throw invalidSpec(`${quote(text)} is not a list of CPUs; use numbers and ranges such as "0-2,4"`);
  }
  const range = { first: Number(from), last: Number(to) };
  if (range.first > range.last) throw invalidSpec(`${quote(text)} has a range that runs backwards: ${part}`);
  if (range.last > MAX_CPU) throw invalidSpec(`${quote(text)} names CPU ${range.last}; at most ${MAX_CPU}`);
  return range;
}

/** Ranges that overlap or touch become one. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous === undefined || range.first > previous.last + 1) merged.push(range);
    else merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
  }
  return merged;
}

/**
 * A list of CPUs in docker's syntax, as the kernel would write it: sorted, and overlapping or adjacent ranges joined
 * ("4,0,1-2" becomes "0-2,4"). Source: cpuset(7), "List format".
 *
 * @throws HotcellError `invalid-spec`
 */
export function normaliseCpuset(text: string): string {
  if (text.length > MAX_LENGTH)
    throw invalidSpec(`${quote(text)} is too long; at most ${MAX_LENGTH} characters`);
  const ranges = text.split(',').map((part) => parseRange(text, part));
  return merge(ranges)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',');
}
