/**
 * What JSON.stringify leaves as it is, though a terminal acts on it or shows something else: DEL, the C1 controls, and what
 * hides or reorders its neighbours.
 */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
const NOT_ASCII = /[^\0-\u007e]/;

const escapeUnits = (char: string): string =>
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** JSON that means the same and is harmless wherever it is printed. */
export const safeJson = (json: string): string =>
  NOT_ASCII.test(json) ? json.replace(UNSAFE, escapeUnits) : json;
