import { safeJson } from '../core/index.js';

/** A value as one JSON text that ends in a new line: on one line for machines, indented for people. */
export function jsonText(value: unknown, { indent = false } = {}): string {
  return `${safeJson(JSON.stringify(value, null, indent ? 2 : 0))}\n`;
}
