import { HotcellError, nearest, quote } from '../../core/index.js';

/** A flag that cannot mean anything: one line that names the flag, what was written and what is allowed. */
export function usageError(message: string, cause?: unknown): HotcellError {
  return new HotcellError({ code: 'invalid-usage', message, cause });
}

/** `value` if it is one of `allowed`. */
export function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found !== undefined) return found;
  const guess = nearest(value, allowed);
  const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
  throw usageError(`${flag}: ${quote(value)} is not allowed; use one of ${allowed.join(', ')}${hint}`);
}

/** Runs one of spec's parsers and lets its complaint name the flag. */
export function parsed<T>(flag: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof HotcellError)) throw error;
    const lines = error.message.split('\n').map((line) => `${flag}: ${line}`);
    throw usageError(lines.join('\n'), error);
  }
}

/** Digits only, so that no sign, exponent, blank or hexadecimal becomes a number by accident. */
const WHOLE = /^\d{1,15}$/;
const DECIMAL = /^(\d{1,9}(\.\d{1,9})?|\.\d{1,9})$/;

/** A whole number; its range is the spec's business. */
export function wholeNumber(flag: string, text: string, also = ''): number {
  if (WHOLE.test(text)) return Number(text);
  throw usageError(`${flag}: ${quote(text)} is not a whole number; use digits only${also}`);
}

/** A number that may have a fraction, as docker's `--cpus 1.5` and `--cpus .5`; its range is the spec's business. */
export function decimal(flag: string, text: string, also = ''): number {
  if (DECIMAL.test(text)) return Number(text);
  throw usageError(`${flag}: ${quote(text)} is not a number; use one such as 2 or 0.5${also}`);
}

/** Splits at the last colon; `undefined` after it when there is none. */
export function splitAtLastColon(text: string): [string, string | undefined] {
  const at = text.lastIndexOf(':');
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
