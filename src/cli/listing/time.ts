import { parseDurationMs, quote } from '../../core/index.js';
import { usageError } from '../run/values.js';

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const SECONDS = /^\d{1,12}(\.\d{1,9})?$/;

const FORMS =
  'a date such as 2026-01-31T12:00:00Z, seconds since 1970, or how long ago, such as 10m or 1h30m';

function ago(text: string, now: Date): number | undefined {
  try {
    return now.getTime() - parseDurationMs(text);
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds since 1970 from what docker's `--since` takes. A date without zone is local time.
 *
 * @throws HotcellError `invalid-usage`
 */
export function parseTime(flag: string, text: string, now: Date): number {
  if (SECONDS.test(text)) return Number(text) * 1000;
  // A date alone would be taken for UTC, one with a time for local.
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const time = DATE.test(text) ? Date.parse(date) : ago(text, now);
  if (time === undefined || Number.isNaN(time))
    throw usageError(`${flag}: ${quote(text)} is no time; use ${FORMS}`);
  return time;
}
