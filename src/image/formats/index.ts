export { checkRootfs } from './check-rootfs.js';
export { type ArchiveFiles, readWhole } from './files.js';
export { archivedName, stemOf } from './names.js';
export type { ReadOptions } from './oci.js';
export { type ArchiveSource, openArchive, type Spool, seekable } from './open-archive.js';
export { checkBytes, type Origin, partsOf } from './parts-of.js';
export { readImages } from './read-images.js';
export { writeImages } from './save.js';
