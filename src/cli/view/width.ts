import stringWidth from 'string-width';
import { oneLine } from '../text.js';

/** No terminal is wider; more of a text is never looked at, however long or full of zero-width marks it is. */
const MAX_UNITS = 1024;

const ELLIPSIS = '…';

let graphemes: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal; colours take none. */
export const widthOf = (text: string): number => stringWidth(text);

/** As many of the pieces, from the first on, as fit. */
function within(pieces: readonly string[], columns: number): string[] {
  let width = 0;
  const end = pieces.findIndex((piece) => {
    width += widthOf(piece);
    return width > columns;
  });
  return pieces.slice(0, end === -1 ? undefined : end);
}

function piecesOf(text: string): string[] {
  graphemes ??= new Intl.Segmenter(); // not before it is needed: making one takes 10 ms
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

const isShort = (text: string, columns: number): boolean =>
  text.length <= MAX_UNITS && widthOf(oneLine(text)) <= columns;

/**
 * Any text as one harmless line of at most `columns` columns; what had to be cut off is shown by an ellipsis. Wide
 * characters count as two columns, and none is cut in half.
 */
export function clip(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (isShort(text, columns)) return oneLine(text);
  const pieces = piecesOf(oneLine(text.slice(0, MAX_UNITS)));
  return `${within(pieces, columns - 1).join('')}${ELLIPSIS}`;
}

/** As {@link clip}, but it is the middle that is left out: names that begin alike differ at their end. */
export function clipMiddle(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (isShort(text, columns)) return oneLine(text);
  const front = within(piecesOf(oneLine(text.slice(0, MAX_UNITS))), Math.ceil((columns - 1) / 2));
  const rest = columns - 1 - widthOf(front.join(''));
  const back = within(piecesOf(oneLine(text.slice(-MAX_UNITS))).reverse(), rest).reverse();
  return `${front.join('')}${ELLIPSIS}${back.join('')}`;
}

/** The text, its middle left out where it is too long, and blanks, in exactly `columns` columns. */
export function padded(text: string, columns: number): string {
  const line = clipMiddle(text, columns);
  return `${line}${' '.repeat(Math.max(0, columns - widthOf(line)))}`;
}
