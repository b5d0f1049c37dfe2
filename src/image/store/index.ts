export type { AddedImage } from './add-image.js';
export type { RootfsParts } from './add-rootfs.js';
export { checkStore } from './check.js';
export { compressionOf, peek } from './first-bytes.js';
export { type Adding, ImageStore, type StoredImage, type StoreTools } from './image-store.js';
export { ioError } from './io-error.js';
export type { ImageParts, LayerPart, StoreProgress, WorkOptions } from './parts.js';
export { type LayerTools, performLayer } from './perform-layer.js';
export { readRange } from './read-range.js';
export { type ImageRecord, recordName as recordNameOf, type StoredBlob } from './record.js';
export type { PrunedImages, PruneOptions, RemovedImages } from './remove.js';
export { ImageResolver } from './resolver.js';
export type { StoreSession, TreeRemover } from './session.js';
export type { ImageDetails, ImageStep, ListedImage } from './views.js';
export type {
  LayerDone,
  LayerJob,
  LayerProgress,
  LayerSource,
  LayerWorkOptions,
  PerformLayer,
} from './work.js';
