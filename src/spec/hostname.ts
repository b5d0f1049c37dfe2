import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** @throws HotcellError `invalid-spec` unless the text is a host name by RFC 1123 that Linux takes. */
export function checkHostname(text: string): string {
  if (text.length > BOUNDS.hostname)
    throw invalidSpec(`${quote(text)} is too long; at most ${BOUNDS.hostname} characters`);
  if (text.split('.').every((label) => LABEL.test(label))) return text;
  throw invalidSpec(
    `${quote(text)} is not a host name; use letters, digits and inner "-", with "." between labels`,
  );
}
