export { createRegistryClient } from './client.js';
export {
  type BlobDescriptor,
  type BlobSource,
  MANIFEST_MEDIA_TYPES,
  type ManifestMediaType,
  type PushOptions,
  type PushResult,
  type RegistryClient,
  type RegistryManifest,
  type RegistryReference,
  type TransferProgress,
} from './model.js';
export type { RegistryOptions } from './options.js';
