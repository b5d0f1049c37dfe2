export { type ConfigDocument, type HistoryStep, MAX_CONFIG_BYTES, readConfig } from './config.js';
export type { BlobName, Descriptor } from './descriptor.js';
export { type ArchivedImage, readArchiveManifest } from './docker-archive.js';
export { type Index, MAX_LAYERS, MAX_MANIFEST_BYTES, type Manifest, readDocument } from './documents.js';
export {
  type FoundManifest,
  findAmong,
  findManifest,
  isImageEntry,
  type ReadDocument,
} from './find-manifest.js';
export { MEDIA_TYPES } from './media-types.js';
export { fits, hostPlatform, type Platform, parsePlatform, platformText } from './platform.js';
export { readJson } from './read-json.js';
export { type LayerName, type NewConfig, writeConfig, writeManifest } from './write.js';
