/** Images: their names, documents, archives, registries, and the store that keeps them. */
export {
  type ArchiveSource,
  checkRootfs,
  openArchive,
  partsOf,
  readImages,
  seekable,
  stemOf,
  writeImages,
} from './formats/index.js';
export { openRegistryClient } from './lazy.js';
export {
  type Descriptor,
  findManifest,
  hostPlatform,
  MEDIA_TYPES,
  type Platform,
  parsePlatform,
} from './manifest/index.js';
export { canonical, familiar, parseReference, type Reference } from './reference/index.js';
export type {
  ManifestMediaType,
  RegistryClient,
  RegistryManifest,
  RegistryOptions,
  RegistryReference,
} from './registry/index.js';
export {
  type AddedImage,
  checkStore,
  type ImageDetails,
  type ImageParts,
  ImageResolver,
  type ImageStep,
  ImageStore,
  type LayerDone,
  type LayerJob,
  type LayerProgress,
  type LayerTools,
  type LayerWorkOptions,
  type ListedImage,
  type PrunedImages,
  performLayer,
  type RemovedImages,
  recordNameOf,
  type StoredBlob,
  type StoredImage,
  type StoreProgress,
  type StoreTools,
} from './store/index.js';
