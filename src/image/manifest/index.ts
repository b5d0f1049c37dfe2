export { type ConfigDocument, MAX_CONFIG_BYTES, readConfig } from './config.js';
export type { BlobName, Descriptor } from './descriptor.js';
export { type ArchivedImage, readArchiveManifest } from './docker-archive.js';
export { MAX_MANIFEST_BYTES, readDocument } from './documents.js';
export {
  type FoundManifest,
  findAmong,
  findManifest,
  isImageEntry,
} from './find-manifest.js';
export { MEDIA_TYPES } from './media-types.js';
export { fits, hostPlatform, type Platform, parsePlatform, platformText } from './platform.js';
export { writeConfig, writeManifest } from './write.js';
