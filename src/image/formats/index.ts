export { checkRootfs } from './check-rootfs.js';
export { stemOf } from './names.js';
export { type ArchiveSource, openArchive, seekable } from './open-archive.js';
export { partsOf } from './parts-of.js';
export { readImages } from './read-images.js';
export { writeImages } from './save.js';
