export { HIDDEN } from './accounts.js';
export { type IndexLimits, indexTar, type TarMember } from './index-tar.js';
export { memberOf } from './member.js';
export type { LayerTarget } from './plan.js';
export { DEFAULT_QUOTA, type UnpackQuota } from './quota.js';
export { type UnpackReport, unpackLayer } from './unpack.js';
export { type WritableEntry, writeTar } from './write.js';
