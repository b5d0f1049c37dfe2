import { quote } from '../../core/index.js';
import { usageError } from './values.js';

/** docker's `--label KEY=VALUE` and `--label KEY`; of one key the last holds. */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  const entries = texts.map((text): [string, string] => {
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    if (key === '') throw usageError(`--label: ${quote(text)} names no label; use KEY or KEY=VALUE`);
    return [key, at < 0 ? '' : text.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}
