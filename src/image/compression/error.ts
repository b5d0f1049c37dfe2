import { HotcellError } from '../../core/index.js';

/** The error for an archive, or a compressed file, that is not as it should be: it says what, where and which rule. */
export function badArchive(message: string, more: { hint?: string; cause?: unknown } = {}): HotcellError {
  return new HotcellError({ code: 'bad-archive', message, ...more });
}
