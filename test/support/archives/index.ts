export { gzip, skippableFrame, xz, zstd } from './compress.js';
export {
  type Blob,
  blobOf,
  configBlob,
  descriptor,
  dockerArchive,
  ociFiles,
  ociTar,
  sha256,
  type TestImage,
  type TestLayer,
} from './images.js';
export { RecordingTree, type Told } from './recording-tree.js';
export { collect, pieces } from './source.js';
export { base256, paxHeader, paxRecord, sign, TAR_END, type TarEntry, tarEntry, tarOf } from './tar.js';
