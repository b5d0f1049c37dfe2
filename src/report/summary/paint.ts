import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { oneLine } from '../text/show.js';

/** How to write for one terminal. */
export interface Paint {
  readonly colors: ReturnType<typeof picocolors.createColors>;
  /** Characters in a line; infinite where there is no terminal. */
  readonly columns: number;
}

const MIN_COLUMNS = 40;

export const paintOf = (color: boolean, columns: number): Paint => ({
  colors: picocolors.createColors(color),
  columns: Math.max(MIN_COLUMNS, columns),
});

const ELLIPSIS = '…';
const ASCII = /^[ -~]*$/;

/** Columns that harmless text takes. */
export const widthOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const graphemes = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

/** As many of the graphemes, in the order given, as fit. */
function taken(parts: readonly string[], width: number): string[] {
  const fitting: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += widthOf(part);
    if (used > width) break;
    fitting.push(part);
  }
  return fitting;
}

/** Far more than any line shows: what is cut off later need not be measured. */
const MAX_MEASURED = 2000;

/** Cut at the end to fit. The text must be harmless already. */
export function cutEnd(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  const start = text.slice(0, MAX_MEASURED);
  if (start.length === text.length && widthOf(start) <= width) return text;
  return `${taken(graphemes(start), width - 1).join('')}${ELLIPSIS}`;
}

/** Cut in the middle to fit: of a title, both ends matter. */
export function cutMiddle(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  if (text.length <= MAX_MEASURED && widthOf(text) <= width) return text;
  const left = Math.floor((width - 1) / 3);
  const end = graphemes(text.slice(-MAX_MEASURED)).reverse();
  const start = taken(graphemes(text.slice(0, MAX_MEASURED)), left).join('');
  return `${start}${ELLIPSIS}${taken(end, width - 1 - left)
    .reverse()
    .join('')}`;
}

/** In as many lines as it takes, broken at blanks where there are some. The text must be harmless already. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > width) {
    const fitting = taken(graphemes(rest.slice(0, MAX_MEASURED)), width).join('');
    const blank = fitting.lastIndexOf(' ');
    // A first character that is wider than the line has to go somewhere.
    const end = blank > width / 2 ? blank : Math.max(1, fitting.length);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

export const padStart = (text: string, width: number): string =>
  `${' '.repeat(Math.max(0, width - widthOf(text)))}${text}`;

export const padEnd = (text: string, width: number): string =>
  `${text}${' '.repeat(Math.max(0, width - widthOf(text)))}`;

/** A title of ours from names that anybody may have chosen. */
export const shownTitle = (title: string, width: number): string => cutMiddle(oneLine(title), width);

/** `1 build`, `2 builds`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A figure with its unit, with as many digits as people read: `1.02MiB` of `1.0234MiB`. */
export const rounded = (shown: string, digits = 3): string =>
  shown.replace(/^\d+\.?\d*/, (number) => String(Number(Number(number).toPrecision(digits))));
