import { HotcellError, quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import { parseReference, type Reference } from '../reference/index.js';

/**
 * A name that an archive gives to an image. By a digest only a registry's manifest is known: whoever made the archive could
 * write any, and whoever runs an image by its digest relies on it.
 *
 * @throws HotcellError `bad-archive`
 */
export function archivedName(text: string): Reference {
  try {
    const reference = parseReference(text);
    if (reference.digest === null) return reference;
    throw badArchive(`the archive calls an image ${quote(text, 200)}; a name with a digest cannot be given`);
  } catch (error) {
    if (error instanceof HotcellError && error.code !== 'bad-archive')
      throw badArchive(`the archive has a wrong name: ${error.message}`, { cause: error });
    throw error;
  }
}

const TAG_ONLY = /^\w[\w.-]{0,127}$/;

/**
 * @param text what an OCI layout calls an image: a whole name or, as skopeo and umoci do it, a tag only
 * @param stem the layout's own name, to which such a tag belongs: `oci:alpine:3.20` is the tag 3.20 in the directory alpine
 * @returns null when that makes no name
 */
export function layoutName(text: string, stem: string | null): Reference | null {
  if (!TAG_ONLY.test(text)) return archivedName(text);
  if (stem === null) return null;
  try {
    return parseReference(`${stem}:${text}`);
  } catch {
    return null; // a file may be called anything
  }
}

/** `alpine` of /tmp/Alpine.tar.gz */
export function stemOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return file.replace(/\.(?:tar|oci|tgz|txz|tzst|tar\.\w+)$/, '');
}
