export { formatBytes, parseBytes } from './bytes.js';
export { CleanupStack } from './cleanup.js';
export { type Clock, systemClock } from './clock.js';
export { formatMs, parseDurationMs } from './duration.js';
export { ERROR_CODES, type ErrorCode, HotcellError, invalidSpec } from './errors.js';
export { newId } from './ids.js';
export { Semaphore } from './semaphore.js';
export { quote, show } from './show.js';
export { nearest } from './suggest.js';
