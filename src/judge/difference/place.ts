import { characterStart, countCharacters, pieces } from './visible.js';

const NEWLINE = 0x0a;

/** What is shown on each side of the place, in characters of the shown text. */
const BEFORE = 50;
const AFTER = 60;
/** So many bytes hold as many characters as that, whatever they are. */
const WINDOW_BYTES = 4 * (BEFORE + AFTER);

/** A place in what was written. Line and column count from 1, the column in characters. */
export interface Place {
  readonly bytes: Buffer;
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly lineStart: number;
  readonly lineEnd: number;
}

export function placeOf(bytes: Buffer, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at++) {
    if (bytes[at] === NEWLINE) {
      line++;
      lineStart = at + 1;
    }
  }
  const at = characterStart(bytes, offset, lineStart);
  const newline = bytes.indexOf(NEWLINE, at);
  const lineEnd = newline === -1 ? bytes.length : newline;
  return { bytes, at, line, column: countCharacters(bytes, lineStart, at) + 1, lineStart, lineEnd };
}

/** The lines right before the place's line, as places at their ends. */
export function linesBefore(place: Place, count: number): Place[] {
  const lines: Place[] = [];
  let { line, lineStart } = place;
  while (lines.length < count && line > 1) {
    const lineEnd = lineStart - 1;
    lineStart = lineEnd === 0 ? 0 : place.bytes.lastIndexOf(NEWLINE, lineEnd - 1) + 1;
    line--;
    lines.unshift({ bytes: place.bytes, at: lineStart, line, column: 1, lineStart, lineEnd });
  }
  return lines;
}

/** A line cut to what is near the place. */
export interface Excerpt {
  readonly before: string;
  readonly after: string;
}

/** Far more than is ever shown; a line may end in as many spaces as it has bytes. */
const SPACES_BYTES = 64 * 1024;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

function firstSpaceAtEnd({ bytes, lineStart, lineEnd }: Place): number {
  const earliest = Math.max(lineStart, lineEnd - SPACES_BYTES);
  let from = lineEnd;
  while (from > earliest && isSpace(bytes[from - 1])) from--;
  return from;
}

/** As many entries from the front as fit. */
function fitting(all: readonly string[], width: number): { text: string; whole: boolean } {
  let text = '';
  for (const piece of all) {
    if (text.length + piece.length > width) return { text, whole: false };
    text += piece;
  }
  return { text, whole: true };
}

function backwards(all: readonly string[], width: number): { text: string; whole: boolean } {
  let text = '';
  for (const piece of [...all].reverse()) {
    if (text.length + piece.length > width) return { text, whole: false };
    text = piece + text;
  }
  return { text, whole: true };
}

function ending({ bytes, lineEnd }: Place): string {
  return lineEnd < bytes.length ? '⏎' : '⟨end⟩';
}

/** @param ends whether to show how the line ends */
export function excerpt(place: Place, { plain, ends }: { plain: boolean; ends: boolean }): Excerpt {
  const { bytes, at, lineStart, lineEnd } = place;
  const spaces = firstSpaceAtEnd(place);
  const from = characterStart(bytes, Math.max(lineStart, at - WINDOW_BYTES), lineStart);
  const to = Math.min(lineEnd, at + WINDOW_BYTES);
  const left = backwards(pieces(bytes.subarray(from, at), { plain, spacesFrom: spaces - from }), BEFORE);
  const right = fitting(pieces(bytes.subarray(at, to), { plain, spacesFrom: spaces - at }), AFTER);
  const isWhole = right.whole && to === lineEnd;
  return {
    before: left.whole && from === lineStart ? left.text : `…${left.text}`,
    after: isWhole ? `${right.text}${ends ? ending(place) : ''}` : `${right.text}…`,
  };
}
