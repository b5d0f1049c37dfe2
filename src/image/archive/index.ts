export { type AccountFile, HIDDEN } from './accounts.js';
export type { LayerTarget } from './plan.js';
export { DEFAULT_QUOTA, type UnpackQuota } from './quota.js';
export { type UnpackOptions, type UnpackReport, unpackLayer } from './unpack.js';
