import { safeJson } from '../../core/index.js';

/** One line of JSON without the new line, harmless for a terminal. */
export const jsonLine = (value: unknown): string => safeJson(JSON.stringify(value));
