export { type AccountFile, HIDDEN } from './accounts.js';
export { DEFAULT_INDEX_LIMITS, type IndexLimits, indexTar, type TarMember } from './index-tar.js';
export { memberOf, readMember } from './member.js';
export type { LayerTarget } from './plan.js';
export { DEFAULT_QUOTA, type UnpackQuota } from './quota.js';
export { type UnpackOptions, type UnpackReport, unpackLayer } from './unpack.js';
export { type WritableEntry, writeTar } from './write.js';
