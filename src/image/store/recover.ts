/** What has to be made again: layers that a crash may have cost files, see unsynced.ts, and those that are gone altogether. */
import { rename } from 'node:fs/promises';
import { addLayer, type LayerContext } from './add-layer.js';
import { exists } from './durable.js';
import { isCode } from './io-error.js';
import { LOCKS, type StoreLayout } from './layout.js';
import { withLock } from './lock.js';
import type { LayerPart } from './parts.js';
import { Records } from './records.js';
import { isDoubtful, unsyncedLayers } from './unsynced.js';

/** Out of the way, unless somebody else was first. */
async function putAside(diffId: string, { session, signal }: LayerContext): Promise<void> {
  const { layout } = session;
  await withLock(layout.lock(LOCKS.layer(diffId)), { mode: 'exclusive', signal }, async () => {
    if (!isDoubtful(layout, diffId)) return;
    try {
      await rename(layout.layer(diffId), session.newFile());
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
    }
  });
}

/** What images need, and what is in the store to make it of. */
async function missingLayers(layout: StoreLayout): Promise<LayerPart[]> {
  const source = () => Promise.reject(new Error('its bytes are in the store'));
  const missing = new Map<string, LayerPart>();
  for (const { layers } of new Records(layout).readAll()) {
    for (const { diffId, digest, size, mediaType } of layers) {
      const isThere = await exists(layout.layerFiles(diffId));
      if (!isThere && (await exists(layout.blob(digest))))
        missing.set(diffId, { diffId, blob: { digest, size, mediaType }, source });
    }
  }
  return [...missing.values()];
}

/**
 * Makes again what it can. What cannot be made, for its bytes are damaged, stays away: who runs in it is told, and to load
 * the image again mends it. Nobody else's images are to suffer from it.
 */
export async function recover(context: LayerContext): Promise<void> {
  const { signal } = context;
  for (const diffId of unsyncedLayers(context.session.layout).doubtful) await putAside(diffId, context);
  for (const part of await missingLayers(context.session.layout)) {
    await addLayer(part, { ...context, onProgress: undefined }).catch(() => signal?.throwIfAborted());
  }
}
