export { gzip, skippableFrame, xz, zstd } from './compress.js';
export {
  configBlob,
  dockerArchive,
  ociTar,
  sha256,
  type TestImage,
} from './images.js';
export { RecordingTree } from './recording-tree.js';
export { collect, pieces } from './source.js';
export { base256, paxHeader, paxRecord, sign, TAR_END, type TarEntry, tarEntry, tarOf } from './tar.js';
