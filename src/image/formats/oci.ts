/** OCI layouts. Source: OCI image-spec, image-layout.md; the names that docker and containerd write. */
import { quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import {
  type Descriptor,
  findAmong,
  hostPlatform,
  isImageEntry,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  type Platform,
  readDocument,
} from '../manifest/index.js';
import { hexOf } from '../reference/index.js';
import type { ImageParts } from '../store/index.js';
import { type ArchiveFiles, readWhole } from './files.js';
import { layoutName } from './names.js';
import { checkBytes, partsOf } from './parts-of.js';

export const INDEX_FILE = 'index.json';

export interface ReadOptions {
  /** What the user asked for; null = this host's, and anything where there is no choice. */
  readonly platform: Platform | null;
  /** What the archive is called; null when it has no name. */
  readonly stem: string | null;
}

export const ANNOTATIONS = {
  name: 'org.opencontainers.image.ref.name',
  wholeName: 'io.containerd.image.name',
} as const;

export const blobFile = (digest: string): string => `blobs/sha256/${hexOf(digest)}`;

const nameOf = ({ annotations }: Descriptor): string =>
  annotations[ANNOTATIONS.wholeName] ?? annotations[ANNOTATIONS.name] ?? '';

/** What has one name is one image, for one platform or for several; what has none and says no platform is one by itself. */
function grouped(entries: readonly Descriptor[]): Descriptor[][] {
  const groups = new Map<string, Descriptor[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const key = name === '' && entry.platform === null ? entry.digest : `name ${name}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

class Layout {
  readonly #files: ArchiveFiles;
  readonly #options: ReadOptions;

  constructor(files: ArchiveFiles, options: ReadOptions) {
    this.#files = files;
    this.#options = options;
  }

  async images(): Promise<ImageParts[]> {
    const bytes = await readWhole(this.#files, INDEX_FILE, MAX_MANIFEST_BYTES);
    const index = readDocument(bytes, `"${INDEX_FILE}"`);
    if (index.kind !== 'index') throw badArchive(`"${INDEX_FILE}" is a manifest, and must be an index`);
    const images: ImageParts[] = [];
    for (const entries of grouped(index.manifests.filter(isImageEntry)))
      images.push(await this.#image(entries));
    if (images.length === 0) throw badArchive(`"${INDEX_FILE}" names no image`);
    return images;
  }

  async #image(entries: readonly Descriptor[]): Promise<ImageParts> {
    const { platform, stem } = this.#options;
    const [first] = entries;
    const name = first === undefined ? '' : nameOf(first);
    const found = await findAmong(entries, {
      wanted: platform ?? hostPlatform(),
      what: name === '' ? 'the archive' : quote(name, 200),
      read: (descriptor) => this.#read(descriptor),
    });
    const reference = name === '' ? null : layoutName(name, stem);
    return await partsOf(found, {
      names: reference === null ? [] : [reference],
      platform,
      read: (descriptor) => this.#read(descriptor),
      layer: ({ digest }) => this.#files.find(blobFile(digest)),
    });
  }

  async #read(descriptor: Descriptor): Promise<Uint8Array> {
    const name = blobFile(descriptor.digest);
    const bytes = await readWhole(this.#files, name, MAX_CONFIG_BYTES);
    checkBytes(bytes, descriptor, quote(name, 100));
    return bytes;
  }
}

/**
 * All images of an OCI layout.
 *
 * @throws HotcellError `bad-archive`; `image-not-found` when there is none for the platform
 */
export async function readOciLayout(files: ArchiveFiles, options: ReadOptions): Promise<ImageParts[]> {
  return await new Layout(files, options).images();
}
