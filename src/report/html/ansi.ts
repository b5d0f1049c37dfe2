/** What a program wrote, colours and all, as inert markup. */
import { escapeHtml, type Html, raw } from './markup.js';

/** Control Sequence Introducer sequences of ECMA-48; the parameters and the final byte. */
const SEQUENCE = new RegExp(`${'\u001b'}\\[([0-?]{0,64})([ -/]{0,8})([@-~])`, 'g');

/** All control characters but the new line and the tab. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

interface Pen {
  foreground: number | null;
  background: number | null;
  bold: boolean;
  faint: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
}

const plainPen = (): Pen => ({
  foreground: null,
  background: null,
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  inverse: false,
});

const SIMPLE: Readonly<Record<number, (pen: Pen) => void>> = {
  1: (pen) => (pen.bold = true),
  2: (pen) => (pen.faint = true),
  3: (pen) => (pen.italic = true),
  4: (pen) => (pen.underline = true),
  7: (pen) => (pen.inverse = true),
  22: (pen) => (pen.bold = pen.faint = false),
  23: (pen) => (pen.italic = false),
  24: (pen) => (pen.underline = false),
  27: (pen) => (pen.inverse = false),
  39: (pen) => (pen.foreground = null),
  49: (pen) => (pen.background = null),
};

/** The nearest of the sixteen: only those are sure to be legible, light and dark. */
function fromRgb(red: number, green: number, blue: number): number {
  const strongest = Math.max(red, green, blue);
  if (strongest - Math.min(red, green, blue) < 32) return strongest > 170 ? 7 : strongest > 60 ? 8 : 0;
  const on = (value: number, bit: number): number => (value > strongest / 2 ? bit : 0);
  return on(red, 1) + on(green, 2) + on(blue, 4) + (strongest > 200 ? 8 : 0);
}

/** Of the palette of 256: the sixteen, a cube of 6×6×6, a ramp of greys. */
function fromPalette(index: number): number {
  if (index < 16) return index;
  if (index >= 232) return fromRgb((index - 232) * 11, (index - 232) * 11, (index - 232) * 11);
  const level = (divisor: number): number => (Math.floor((index - 16) / divisor) % 6) * 51;
  return fromRgb(level(36), level(6), level(1));
}

/** `38;5;n` and `38;2;r;g;b`, from the number after 38 on. */
function extended(codes: readonly number[]): { readonly color: number | null; readonly used: number } {
  const [kind, ...rest] = codes;
  const [first = 0, second = 0, third = 0] = rest.map((code) => Math.min(code, 255));
  if (kind === 5) return { color: fromPalette(first), used: 2 };
  if (kind === 2) return { color: fromRgb(first, second, third), used: 4 };
  return { color: null, used: codes.length };
}

function sixteen(code: number): { readonly key: 'foreground' | 'background'; readonly color: number } | null {
  const [base, bright] = [code % 10, code >= 90 ? 8 : 0];
  const tens = (code - base) / 10 - (bright > 0 ? 6 : 0);
  if (base > 7 || (tens !== 3 && tens !== 4)) return null;
  return { key: tens === 3 ? 'foreground' : 'background', color: base + bright };
}

/** Select Graphic Rendition: changes how what follows is written. What is unknown changes nothing. */
function apply(pen: Pen, parameters: string): Pen {
  const codes = parameters.split(/[;:]/).map(Number);
  let changed = pen;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) changed = plainPen();
    else if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(i + 1));
      changed[code === 38 ? 'foreground' : 'background'] = color;
      i += used;
    } else {
      const color = sixteen(code);
      if (color === null) SIMPLE[code]?.(changed);
      else changed[color.key] = color.color;
    }
  }
  return changed;
}

function classesOf(pen: Pen): string {
  const { foreground, background } = pen;
  const [front, back] = pen.inverse ? [background ?? 'i', foreground ?? 'i'] : [foreground, background];
  return [
    front !== null && `f${front}`,
    back !== null && `b${back}`,
    pen.bold && 'bold',
    pen.faint && 'faint',
    pen.italic && 'italic',
    pen.underline && 'under',
  ]
    .filter((name) => name !== false)
    .join(' ');
}

/** Unicode's control pictures where there is one. Between NULs, of which no others are left. */
function picture(char: string): string {
  const code = char.charCodeAt(0);
  const shown =
    code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : `\\u{${code.toString(16)}}`;
  return `\u0000${shown}\u0000`;
}

/** Shown controls stand out, so that nobody takes them for what was written. */
function visible(text: string): string {
  const pictured = text.replaceAll('\r\n', '\n').replace(CONTROL, picture);
  return pictured
    .split('\u0000')
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : `<i>${part}</i>`))
    .join('');
}

function span(pen: Pen, text: string): string {
  if (text === '') return '';
  const classes = classesOf(pen);
  return classes === '' ? visible(text) : `<span class="${classes}">${visible(text)}</span>`;
}

/**
 * Colours and styles as classes, everything else that a terminal would act on as visible characters. Linear in the text.
 */
export function ansiToHtml(text: string): Html {
  let pen = plainPen();
  let out = '';
  let from = 0;
  for (const { 0: sequence, 1: parameters = '', 2: between, 3: final, index } of text.matchAll(SEQUENCE)) {
    const graphic = final === 'm' && between === '' && /^[\d;:]*$/.test(parameters);
    out += span(pen, text.slice(from, graphic ? index : index + sequence.length));
    if (graphic) pen = apply(pen, parameters);
    from = index + sequence.length;
  }
  return raw(out + span(pen, text.slice(from)));
}
