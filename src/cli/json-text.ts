/** What JSON.stringify leaves as it is, though a terminal acts on it: DEL and the C1 controls. */
const UNSAFE = /[\u007f-\u009f]/g;

const escapeChar = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A value as one JSON text that ends in a new line: on one line for machines, indented for people. */
export function jsonText(value: unknown, { indent = false } = {}): string {
  return `${JSON.stringify(value, null, indent ? 2 : 0).replace(UNSAFE, escapeChar)}\n`;
}
