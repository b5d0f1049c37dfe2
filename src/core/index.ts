export { formatBytes, parseBytes } from './bytes.js';
export { type Cleanup, CleanupStack } from './cleanup.js';
export { type Clock, systemClock } from './clock.js';
export { formatMs, parseDurationMs } from './duration.js';
export { ERROR_CODES, type ErrorCode, HotcellError, type HotcellErrorInit, invalidSpec } from './errors.js';
export { newId } from './ids.js';
export { type Release, Semaphore } from './semaphore.js';
export { quote, show } from './show.js';
export { nearest } from './suggest.js';
