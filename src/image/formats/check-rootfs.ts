import type { FileHandle } from 'node:fs/promises';
import { badArchive } from '../compression/index.js';

/** How the first entry of an archive that holds images is called, whoever wrote it. */
const IMAGES =
  /^(?:\.\/)?(?:oci-layout|index\.json|manifest\.json|repositories|blobs\/|[a-f0-9]{64}(?:\/|\.json|\.tar))/;

const NAME_BYTES = 100;

/**
 * An archive of images would unpack as a root file system, too, and be of no use.
 *
 * @throws HotcellError `bad-archive` for what begins as one
 */
export async function checkRootfs(file: FileHandle): Promise<void> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(NAME_BYTES), 0, NAME_BYTES, 0);
  const name = buffer.subarray(0, bytesRead).toString('latin1').replace(/\0.*$/s, '');
  if (!IMAGES.test(name)) return;
  throw badArchive('the archive holds images, and is not the root file system of one', {
    hint: 'use "hotcell image load -i FILE"',
  });
}
