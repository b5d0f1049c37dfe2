import * as z from 'zod';
import type { UnpackReport } from '../archive/index.js';
import { isDigest } from '../reference/index.js';
import { writeDurably } from './durable.js';
import { LAYER_META, type StoreLayout } from './layout.js';
import { readOwn } from './own-json.js';

const count = z.int().min(0);
const digest = z.string().refine(isDigest);

const metaSchema = z.strictObject({
  diffId: digest,
  /** Of its files. */
  bytes: count,
  entries: count,
  dropped: z.record(z.string(), count),
  passwd: z.string().nullable(),
  group: z.string().nullable(),
  /** One that it was unpacked from: what an archive needs not have when this is there. */
  blob: z.strictObject({ digest, size: count, mediaType: z.string() }),
});

/** What is to be known of an unpacked layer. */
export type LayerMeta = z.output<typeof metaSchema>;

export function metaOf(report: UnpackReport, blob: LayerMeta['blob']): LayerMeta {
  const { diffId, bytes, entries, dropped, passwd, group } = report;
  return { diffId, bytes, entries, dropped: { ...dropped }, passwd, group, blob };
}

/** @returns null when the layer is not there @throws HotcellError `io` */
export const readLayerMeta = (layout: StoreLayout, diffId: string): LayerMeta | null =>
  readOwn(`${layout.layer(diffId)}/${LAYER_META}`, metaSchema);

/** @param directory the layer's, made or in the making */
export async function writeLayerMeta(directory: string, meta: LayerMeta, tmp: string): Promise<void> {
  await writeDurably(`${directory}/${LAYER_META}`, JSON.stringify(meta), tmp);
}
