/** Characters that move the cursor, hide or reorder what is around them. A new line is one, too. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text that came from a program or a file name, as one harmless line for a terminal. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Messages of ours, each on harmless lines of its own that begin with `prefix`. */
export function prefixed(prefix: string, messages: readonly string[]): string {
  const lines = messages.flatMap((message) => message.split('\n'));
  return lines.map((line) => `${prefix}${oneLine(line)}\n`).join('');
}
