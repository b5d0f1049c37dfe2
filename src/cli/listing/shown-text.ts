/** As `oneLine`, but with new lines and tabs, which templates make themselves. */
const UNSAFE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A value of a template as text that does nothing to a terminal. */
export function shownText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
