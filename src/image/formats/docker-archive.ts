/** What `docker save`, `podman save` and `skopeo copy … docker-archive:` write. Source: moby, image/spec/spec.md. */
import { quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import {
  type ArchivedImage,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  readArchiveManifest,
  readConfig,
} from '../manifest/index.js';
import { digestOf, hexOf } from '../reference/index.js';
import type { ImageParts } from '../store/index.js';
import { type ArchiveFiles, readWhole } from './files.js';
import { archivedName } from './names.js';
import type { ReadOptions } from './oci.js';
import { checkPlatform } from './parts-of.js';

export const MANIFEST_FILE = 'manifest.json';

/** Most tools name a configuration by its digest. */
const NAMED = /(?:^|[/:])([a-f0-9]{64})(?:\.json)?$/;

function checkName(path: string, digest: string): void {
  const [, hex] = NAMED.exec(path) ?? [];
  if (hex !== undefined && hex !== hexOf(digest))
    throw badArchive(`${quote(path, 100)} has the digest ${digest}`);
}

async function imageOf(
  { Config, RepoTags, Layers }: ArchivedImage,
  files: ArchiveFiles,
  { platform }: ReadOptions,
): Promise<ImageParts> {
  const bytes = await readWhole(files, Config, MAX_CONFIG_BYTES);
  const digest = digestOf(bytes);
  checkName(Config, digest);
  const document = readConfig(bytes, `the configuration ${quote(Config, 100)}`);
  checkPlatform(document, platform, `the image ${digest}`);
  const { diffIds } = document;
  if (Layers.length !== diffIds.length) {
    throw badArchive(
      `"${MANIFEST_FILE}" has ${Layers.length} layers for ${quote(Config, 100)}, which has ${diffIds.length}`,
    );
  }
  return {
    names: RepoTags.map(archivedName),
    manifest: null,
    config: { bytes, digest, mediaType: MEDIA_TYPES.config },
    document,
    layers: diffIds.map((diffId, index) => ({
      diffId,
      blob: null,
      source: () => files.find(Layers[index] ?? ''),
    })),
  };
}

/**
 * All images of an archive.
 *
 * @throws HotcellError `bad-archive`; `image-not-found` when one is for another platform than was asked for
 */
export async function readDockerArchive(files: ArchiveFiles, options: ReadOptions): Promise<ImageParts[]> {
  const images: ImageParts[] = [];
  for (const image of readArchiveManifest(await readWhole(files, MANIFEST_FILE, MAX_MANIFEST_BYTES))) {
    images.push(await imageOf(image, files, options));
  }
  return images;
}
