/** What JSON.stringify leaves as it is, though a terminal acts on it: DEL and the C1 controls. */
const UNSAFE = /[\u007f-\u009f]/g;

const escapeChar = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One line of JSON without the new line, harmless for a terminal. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(UNSAFE, escapeChar);
