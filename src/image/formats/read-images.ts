import { badArchive } from '../compression/index.js';
import type { ImageParts } from '../store/index.js';
import { MANIFEST_FILE, readDockerArchive } from './docker-archive.js';
import type { ArchiveFiles } from './files.js';
import { INDEX_FILE, type ReadOptions, readOciLayout } from './oci.js';
import { isSkopeoDirectory, readSkopeoDirectory } from './skopeo-directory.js';

/**
 * What images an archive has, in whichever of the forms that tools write. docker writes two at once; the one that keeps
 * manifests wins.
 *
 * @throws HotcellError `bad-archive`; `image-not-found` when there is none for the platform
 */
export async function readImages(files: ArchiveFiles, options: ReadOptions): Promise<ImageParts[]> {
  if (await files.has(INDEX_FILE)) return await readOciLayout(files, options);
  if (await isSkopeoDirectory(files)) return await readSkopeoDirectory(files, options);
  if (await files.has(MANIFEST_FILE)) return await readDockerArchive(files, options);
  throw badArchive(`the archive holds no images: it has neither "${INDEX_FILE}" nor "${MANIFEST_FILE}"`, {
    hint: 'use "hotcell image import FILE NAME" for the archive of a root file system',
  });
}
