/** An image from the archive of a root file system, which comes with nothing but its files. */
import { fstat } from 'node:fs';
import { promisify } from 'node:util';
import type { ImageConfig } from '../../spec/index.js';
import { MEDIA_TYPES, type Platform, readConfig, writeConfig } from '../manifest/index.js';
import { digestOf, type Reference } from '../reference/index.js';
import { type AddedImage, addImages } from './add-image.js';
import { type AddedLayer, LayerAddition, type LayerContext } from './add-layer.js';
import { LOCKS } from './layout.js';
import { withLock } from './lock.js';
import { isSettled, memoKey, readMemo, writeMemo } from './memos.js';
import { OwnFile } from './own-file.js';
import { Records } from './records.js';

const statFile = promisify(fstat);

export interface RootfsParts {
  /** Open; anything that can be read at any place. */
  readonly fd: number;
  /** Its path, when it is a file of the session's that nobody else needs. */
  readonly ownPath: string | null;
  readonly config: ImageConfig;
  readonly platform: Platform;
  readonly comment: string;
  readonly names: readonly Reference[];
  readonly now: Date;
}

class RootfsLayer {
  readonly #parts: Pick<RootfsParts, 'fd' | 'ownPath'>;
  readonly #context: LayerContext;

  constructor(parts: Pick<RootfsParts, 'fd' | 'ownPath'>, context: LayerContext) {
    this.#parts = parts;
    this.#context = context;
  }

  async add(nowMs: number): Promise<AddedLayer> {
    const before = await statFile(this.#parts.fd, { bigint: true });
    const key = memoKey(before);
    const there = await this.#remembered(key);
    const size = Number(before.size);
    if (there !== null) {
      this.#say(key, 'exists', size);
      return there;
    }
    this.#say(key, 'waiting', 0);
    const { session, signal } = this.#context;
    const added = await withLock(
      session.layout.lock(LOCKS.file(key)),
      { mode: 'exclusive', signal },
      async () => {
        const found = await this.#remembered(key);
        if (found !== null) return found;
        const made = await this.#make(key, size);
        const after = await statFile(this.#parts.fd, { bigint: true });
        if (memoKey(after) === key && isSettled(before, nowMs)) {
          await writeMemo(session.layout, key, { diffId: made.meta.diffId, tmp: session.tmp });
        }
        return made;
      },
    );
    this.#say(key, 'done', size);
    return added;
  }

  #say(key: string, phase: 'waiting' | 'exists' | 'done', current: number): void {
    this.#context.onProgress?.({ id: digestOf(key), phase, current, total: null });
  }

  async #make(key: string, size: number): Promise<AddedLayer> {
    this.#context.warm?.();
    const own = await OwnFile.of(this.#parts, this.#context.session);
    const { fd } = this.#parts;
    const file = own === null ? { fd, size } : { fd: own.fd, size: own.size };
    const source = { kind: 'file', offset: 0, ...file } as const;
    const part = {
      id: digestOf(key),
      diffId: null,
      blob: null,
      source: () => Promise.resolve(source),
      keptPath: own?.path,
    };
    try {
      return await new LayerAddition(part, this.#context).make();
    } finally {
      await own?.close();
    }
  }

  async #remembered(key: string): Promise<AddedLayer | null> {
    const diffId = readMemo(this.#context.session.layout, key);
    const part = { id: '', diffId, blob: null, source: () => Promise.reject(new Error('it is there')) };
    return diffId === null ? null : await new LayerAddition(part, this.#context).find(diffId);
  }
}

/** When the same was imported before, it stays the image that it is: nothing but its time would be another. */
function createdAt(parts: RootfsParts, diffId: string, records: Records): string {
  const same = records
    .readAll()
    .filter(({ layers }) => layers.length === 1 && layers[0]?.diffId === diffId)
    .find(
      ({ id, createdAt: time }) =>
        time !== null && digestOf(writeConfig({ ...parts, diffId, createdAt: time })) === id,
    );
  return same?.createdAt ?? parts.now.toISOString();
}

async function addWithConfig(
  parts: RootfsParts,
  { meta, blob }: AddedLayer,
  context: LayerContext,
): Promise<AddedImage> {
  const { diffId } = meta;
  const time = createdAt(parts, diffId, new Records(context.session.layout));
  const bytes = writeConfig({ ...parts, diffId, createdAt: time });
  const config = { bytes, digest: digestOf(bytes), mediaType: MEDIA_TYPES.config };
  const source = () => Promise.reject(new Error('the layer was just made'));
  const image = {
    ...{ names: parts.names, manifest: null, config, document: readConfig(bytes, 'the new configuration') },
    layers: [{ diffId, blob, source }],
  };
  const [added] = await addImages([image], { ...context, onProgress: undefined });
  if (added === undefined) throw new Error('an image was added, and is not there');
  return added;
}

/** @throws HotcellError `bad-archive`, `io`; the signal's reason */
export async function addRootfs(parts: RootfsParts, context: LayerContext): Promise<AddedImage> {
  const layer = await new RootfsLayer(parts, context).add(parts.now.getTime());
  const { session, signal } = context;
  // One after the other: the second finds what the first has made of it.
  const path = session.layout.lock(LOCKS.file(layer.meta.diffId));
  return await withLock(path, { mode: 'exclusive', signal }, () => addWithConfig(parts, layer, context));
}
