import {
  type AddedImage,
  type ArchiveSource,
  familiar,
  type ImageStore,
  openArchive,
  parsePlatform,
  type Reference,
  readImages,
  stemOf,
} from '../../image/index.js';
import type { ImageWorkOptions, LoadedImage, PlatformOption } from './model.js';

/** Each image once, with all the names that the archive has for it. */
function merged(added: readonly AddedImage[], names: readonly (readonly Reference[])[]): LoadedImage[] {
  const byId = new Map<string, Set<string>>();
  for (const [index, { record }] of added.entries()) {
    const tags = byId.get(record.id) ?? new Set();
    for (const name of names[index] ?? []) tags.add(familiar(name));
    byId.set(record.id, tags);
  }
  return [...byId].map(([id, tags]) => ({ id, tags: [...tags] }));
}

/** @throws HotcellError `bad-archive`, `image-not-found` when there is none for the platform, `io`; the signal's reason */
export async function loadImages(
  store: ImageStore,
  source: ArchiveSource,
  { platform, ...options }: ImageWorkOptions & PlatformOption,
): Promise<readonly LoadedImage[]> {
  const wanted = platform === undefined ? null : parsePlatform(platform);
  const stem = 'path' in source ? stemOf(source.path) : null;
  return await store.adding(options, async ({ session, add }) => {
    const files = await openArchive(source, { newFile: () => session.newFile(), signal: options.signal });
    try {
      const images = await readImages(files, { platform: wanted, stem });
      return merged(
        await add(images),
        images.map(({ names }) => names),
      );
    } finally {
      await files.close();
    }
  });
}
