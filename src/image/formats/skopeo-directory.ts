/** What `skopeo copy … dir:` writes: one image, its blobs named by their digits. Source: containers/image, docs/containers-transports.5.md. */
import { badArchive } from '../compression/index.js';
import { MAX_CONFIG_BYTES, MAX_MANIFEST_BYTES, readDocument } from '../manifest/index.js';
import { digestOf, hexOf } from '../reference/index.js';
import type { ImageParts } from '../store/index.js';
import { MANIFEST_FILE } from './docker-archive.js';
import { type ArchiveFiles, readWhole } from './files.js';
import type { ReadOptions } from './oci.js';
import { partsOf } from './parts-of.js';

const VERSION_FILE = 'version';
const VERSION = /^Directory Transport Version: 1\.\d+\n$/;
const MAX_VERSION_BYTES = 1024;

export async function isSkopeoDirectory(files: ArchiveFiles): Promise<boolean> {
  if (!(await files.has(VERSION_FILE))) return false;
  return VERSION.test(String(await readWhole(files, VERSION_FILE, MAX_VERSION_BYTES)));
}

/** @throws HotcellError `bad-archive`; `image-not-found` when it is for another platform than was asked for */
export async function readSkopeoDirectory(
  files: ArchiveFiles,
  { platform }: ReadOptions,
): Promise<ImageParts[]> {
  const bytes = await readWhole(files, MANIFEST_FILE, MAX_MANIFEST_BYTES);
  const manifest = readDocument(bytes, `"${MANIFEST_FILE}"`);
  if (manifest.kind === 'index') throw badArchive(`"${MANIFEST_FILE}" is an index, and must be a manifest`);
  const found = { bytes, manifest, digest: digestOf(bytes) };
  const parts = await partsOf(found, {
    names: [],
    platform,
    read: ({ digest }) => readWhole(files, hexOf(digest), MAX_CONFIG_BYTES),
    layer: ({ digest }) => files.find(hexOf(digest)),
  });
  return [parts];
}
