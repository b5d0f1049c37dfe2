export { createRegistryClient } from './client.js';
export type {
  BlobDescriptor,
  BlobSource,
  ManifestMediaType,
  PushResult,
  RegistryClient,
  RegistryManifest,
  RegistryReference,
  TransferProgress,
} from './model.js';
export type { RegistryOptions } from './options.js';
