export { type DecompressOptions, decompress } from './decompress.js';
export { badArchive } from './error.js';
export { isDisguised } from './magic.js';
