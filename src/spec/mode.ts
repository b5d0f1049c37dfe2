import { invalidSpec, show } from '../core/index.js';

const OCTAL = /^(?:0o)?[0-7]{1,5}$/;

/** Without set-user-id, set-group-id and sticky bits. */
const PERMISSIONS = 0o777;

const octal = (mode: number): string => `"0${mode.toString(8)}"`;

/** A decimal number whose digits were meant as octal, as in the YAML `mode: 755`. */
function meantAs(value: number | string, max: number): string {
  const digits = String(value);
  const read = OCTAL.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  return typeof value === 'number' && read <= max ? `; did you mean ${octal(read)}?` : '';
}

/**
 * Permission bits from octal text (`"755"`, `"0755"`, `"0o755"`) or from a number that already is the mode (0o755).
 *
 * @throws HotcellError `invalid-spec` for anything else and above `max`.
 */
export function parseMode(value: number | string, max: number = PERMISSIONS): number {
  const mode =
    typeof value === 'number' ? value : OCTAL.test(value) ? Number.parseInt(value.replace('0o', ''), 8) : -1;
  if (Number.isInteger(mode) && mode >= 0 && mode <= max) return mode;
  throw invalidSpec(
    `${show(value)} is not a mode; use octal text from "0" to ${octal(max)}${meantAs(value, max)}`,
  );
}
