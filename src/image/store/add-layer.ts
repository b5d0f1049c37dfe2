/** A layer into the store: once, however many want it at a time. */
import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HotcellError } from '../../core/index.js';
import { exists, moveDurably, syncDirectory } from './durable.js';
import { ioError, isCode } from './io-error.js';
import { type LayerMeta, metaOf, readLayerMeta, writeLayerMeta } from './layer-meta.js';
import { LAYER_FILES, LOCKS } from './layout.js';
import { withLock } from './lock.js';
import type { LayerPart, StoreProgress, WorkOptions } from './parts.js';
import type { StoreSession } from './session.js';
import { markUnsynced } from './unsynced.js';
import type { LayerDone, LayerJob, LayerSource, PerformLayer } from './work.js';

/** A layer that is in the store, and the blob that it is for this image. */
export interface AddedLayer {
  readonly meta: LayerMeta;
  readonly blob: LayerMeta['blob'];
}

export interface LayerContext extends WorkOptions {
  readonly session: StoreSession;
  readonly perform: PerformLayer;
  /** Called when a layer will be performed in a moment. */
  readonly warm?: (() => void) | undefined;
}

/** What is known of it before it is there. */
export type WantedLayer = Omit<LayerPart, 'diffId'> & {
  readonly diffId: string | null;
  /** What it is called while it is made. */
  readonly id: string;
  /** A file of the session's that has its bytes already, and can be kept. */
  readonly keptPath?: string | undefined;
};

/** Where one is made, in the session's own directory. */
interface Place {
  readonly directory: string;
  readonly blobPath: string | null;
  readonly treePath: string | null;
}

export class LayerAddition {
  readonly #part: WantedLayer;
  readonly #context: LayerContext;

  constructor(part: WantedLayer, context: LayerContext) {
    this.#part = part;
    this.#context = context;
  }

  say(
    phase: StoreProgress['phase'],
    current = 0,
    total: number | null = this.#part.blob?.size ?? null,
  ): void {
    this.#context.onProgress?.({ id: this.#part.id, phase, current, total });
  }

  /** @returns null when it is not there, or not in the form that is wanted */
  async find(diffId: string): Promise<AddedLayer | null> {
    const { layout } = this.#context.session;
    const meta = readLayerMeta(layout, diffId);
    if (meta === null || !(await exists(layout.layerFiles(diffId)))) return null;
    const blob = this.#part.blob ?? meta.blob;
    // Of other bytes than those that it was made from nobody has seen yet that they come to the same.
    const isKnown = blob.digest === meta.blob.digest && blob.size === meta.blob.size;
    return isKnown && (await exists(layout.blob(blob.digest))) ? { meta, blob } : null;
  }

  /** @throws HotcellError `bad-archive`, `registry`, `io`; the signal's reason */
  async make(): Promise<AddedLayer> {
    try {
      return await this.#make();
    } catch (error) {
      throw ioError(error, `cannot add the layer ${this.#part.id}`);
    }
  }

  async #make(): Promise<AddedLayer> {
    const { layout } = this.#context.session;
    const { diffId, blob, keptPath } = this.#part;
    const meta = diffId === null ? null : await this.#unpacked(diffId);
    const unpacks = meta === null;
    const path = blob === null ? null : layout.blob(blob.digest);
    if (path !== null && (await exists(path))) {
      const place = await this.#place({ keepsBlob: false, unpacks });
      const done = await this.#fromOwn(place, path);
      if (done !== null) return await this.#settle(place, done, meta);
    }
    const place = await this.#place({ keepsBlob: keptPath === undefined, unpacks });
    return await this.#settle(place, await this.#work(place, await this.#part.source()), meta);
  }

  async #unpacked(diffId: string): Promise<LayerMeta | null> {
    const { layout } = this.#context.session;
    return (await exists(layout.layerFiles(diffId))) ? readLayerMeta(layout, diffId) : null;
  }

  async #place({ keepsBlob, unpacks }: { keepsBlob: boolean; unpacks: boolean }): Promise<Place> {
    const { session } = this.#context;
    const directory = await session.makeDirectory();
    const treePath = unpacks ? join(directory, LAYER_FILES) : null;
    if (treePath !== null) await mkdir(treePath, { mode: 0o755 });
    return { directory, treePath, blobPath: keepsBlob ? session.newFile() : null };
  }

  /**
   * The bytes are in the store already.
   *
   * @returns null when they are damaged, as after a loss of power: then they are there no more
   */
  async #fromOwn(place: Place, path: string): Promise<LayerDone | null> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      return await this.#work(place, { kind: 'file', fd: file.fd, offset: 0, size });
    } catch (error) {
      if (!(error instanceof HotcellError && error.code === 'bad-archive')) throw error;
      await rm(path, { force: true });
      return null;
    } finally {
      await file.close();
    }
  }

  async #work({ blobPath, treePath }: Place, source: LayerSource): Promise<LayerDone> {
    const { diffId, blob } = this.#part;
    const job: LayerJob = { what: `the layer ${this.#part.id}`, source, blob, diffId, blobPath, treePath };
    return await this.#context.perform(job, {
      signal: this.#context.signal,
      onProgress: ({ phase, current }) => this.say(phase, current, source.size),
    });
  }

  /** Into its place, the bytes first: a layer that is there always had them. */
  async #settle({ directory, blobPath }: Place, done: LayerDone, old: LayerMeta | null): Promise<AddedLayer> {
    const { layout, tmp } = this.#context.session;
    const blob = this.#part.blob ?? done.blob;
    const made = this.#part.keptPath ?? blobPath;
    if (made !== null) await moveDurably(made, layout.blob(blob.digest));
    if (done.report === null) {
      await markUnsynced(layout.layer(done.diffId));
      return { meta: await this.#refreshed(old, blob), blob };
    }
    const meta = metaOf(done.report, blob);
    await writeLayerMeta(directory, meta, tmp);
    await markUnsynced(directory);
    await syncDirectory(directory);
    await this.#moveLayer(directory, done.diffId);
    return { meta, blob };
  }

  /** Its blob was not there any more; the next archive needs not have one when this is known. */
  async #refreshed(meta: LayerMeta | null, blob: LayerMeta['blob']): Promise<LayerMeta> {
    if (meta === null) throw new Error('a layer is neither there nor made');
    const { layout, tmp } = this.#context.session;
    const fresh = { ...meta, blob };
    if (!(await exists(layout.blob(meta.blob.digest))))
      await writeLayerMeta(layout.layer(meta.diffId), fresh, tmp);
    return fresh;
  }

  async #moveLayer(directory: string, diffId: string): Promise<void> {
    const { session } = this.#context;
    const target = session.layout.layer(diffId);
    try {
      await moveDurably(directory, target);
    } catch (error) {
      // Another has made the same from an archive of which nobody knew what it was.
      if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw ioError(error, `cannot make ${target}`);
    }
  }
}

/** @throws HotcellError `bad-archive`, `registry`, `io`; the signal's reason */
export async function addLayer(part: LayerPart, context: LayerContext): Promise<AddedLayer> {
  const addition = new LayerAddition({ ...part, id: part.blob?.digest ?? part.diffId }, context);
  const there = await addition.find(part.diffId);
  if (there !== null) {
    addition.say('exists');
    return there;
  }
  addition.say('waiting');
  const { session, signal } = context;
  const path = session.layout.lock(LOCKS.layer(part.diffId));
  const added = await withLock(
    path,
    { mode: 'exclusive', signal },
    async () => (await addition.find(part.diffId)) ?? (await addition.make()),
  );
  addition.say('done', part.blob?.size ?? 0);
  return added;
}
