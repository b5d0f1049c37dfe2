/** manifest.json of what `docker save` writes. Source: moby, image/spec/spec.md. */
import * as z from 'zod';
import { badArchive } from '../compression/index.js';
import { MAX_LAYERS } from './documents.js';
import { readJson } from './read-json.js';
import { listOf, objectOf, text } from './shapes.js';

const itemSchema = objectOf({
  Config: text,
  RepoTags: listOf(text),
  Layers: listOf(text),
});

const MAX_IMAGES = 1000;

const documentSchema = z
  .array(itemSchema, 'must be a list')
  .min(1, 'must have an image')
  .max(MAX_IMAGES, `must have at most ${MAX_IMAGES} images`);

/** One image: paths in the archive, the lowest layer first. */
export type ArchivedImage = z.output<typeof itemSchema>;

/** @throws HotcellError `bad-archive` */
export function readArchiveManifest(bytes: Uint8Array): readonly ArchivedImage[] {
  const images = readJson(bytes, documentSchema, '"manifest.json"');
  const large = images.find(({ Layers: { length } }) => length > MAX_LAYERS);
  if (large !== undefined)
    throw badArchive(`an image has ${large.Layers.length} layers; at most ${MAX_LAYERS}`);
  return images;
}
