export { createImages } from './create-images.js';
export type {
  ImageProgress,
  Images,
  ImagesOptions,
  ImageWorkOptions,
  ImportOptions,
  LoadedImage,
  PlatformOption,
  PulledImage,
  PushedImage,
} from './model.js';
