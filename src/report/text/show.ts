/** Characters that a terminal acts on, that hide or reorder what is around them, or that break a line. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSAFE_IN_LINES = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escapeChar = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Text from outside as one harmless line. */
export const oneLine = (text: string): string => text.replace(UNSAFE, escapeChar);

/** Text from outside as harmless lines: new lines and tabs stay, every other control character is shown. */
export const safeLines = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(UNSAFE_IN_LINES, escapeChar);

/** The beginning, cut between characters, and how much is missing. */
export function head(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = isHighSurrogate(text.charCodeAt(max - 1)) ? max - 1 : max;
  return `${text.slice(0, cut)}\n… ${text.length - cut} more characters`;
}

export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
