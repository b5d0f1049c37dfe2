export type { AddedImage } from './add-image.js';
export { checkStore } from './check.js';
export { compressionOf, peek } from './first-bytes.js';
export { ImageStore, type StoredImage, type StoreTools } from './image-store.js';
export { ioError } from './io-error.js';
export type { ImageParts, StoreProgress, WorkOptions } from './parts.js';
export { type LayerTools, performLayer } from './perform-layer.js';
export { readRange } from './read-range.js';
export { type ImageRecord, recordName as recordNameOf, type StoredBlob } from './record.js';
export type { PrunedImages, RemovedImages } from './remove.js';
export { ImageResolver } from './resolver.js';
export type { ImageDetails, ImageStep, ListedImage } from './views.js';
export type {
  LayerDone,
  LayerJob,
  LayerProgress,
  LayerSource,
  LayerWorkOptions,
} from './work.js';
