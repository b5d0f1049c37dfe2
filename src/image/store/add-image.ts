/** An image into the store: its layers side by side, then what names them. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { onAbort, Semaphore } from '../../core/index.js';
import { HIDDEN } from '../archive/index.js';
import { badArchive } from '../compression/index.js';
import { MEDIA_TYPES, writeManifest } from '../manifest/index.js';
import { digestOf, hexOf } from '../reference/index.js';
import { type AddedLayer, addLayer, type LayerContext } from './add-layer.js';
import { exists, writeDurably } from './durable.js';
import { ioError, isCode } from './io-error.js';
import { LOCKS, type StoreLayout } from './layout.js';
import { withLock } from './lock.js';
import { Names } from './names.js';
import type { ImageParts } from './parts.js';
import { describedBy, type ImageRecord, recordName, type StoredBlob } from './record.js';
import { Records } from './records.js';

export interface AddedImage {
  readonly record: ImageRecord;
  /** False when it was there already, by whatever name. */
  readonly isNew: boolean;
}

/** What the uppermost layer that has something to say has: a file that is none, or that it hides, is none. */
function accounts(layers: readonly AddedLayer[], name: 'passwd' | 'group'): string {
  const said = layers.map(({ meta }) => meta[name]).filter((text) => text !== null);
  const last = said.at(-1) ?? HIDDEN;
  return last === HIDDEN ? '' : last;
}

/** The record that there is for these parts: any of that image when they came without a manifest. */
function known({ manifest, config }: ImageParts, layout: StoreLayout): ImageRecord | null {
  const records = new Records(layout);
  const id = config.digest;
  const name = manifest === null ? records.withId(hexOf(id))[0] : recordName({ id, manifest });
  const record = name === undefined ? null : records.read(name);
  return record !== null && isWhole(record, layout) ? record : null;
}

/** Somebody may have taken something away: then it is made again. */
function isWhole({ manifest, config, layers }: ImageRecord, layout: StoreLayout): boolean {
  const blobs = [manifest, config, ...layers].map(({ digest }) => layout.blob(digest));
  return [...blobs, ...layers.map(({ diffId }) => layout.layerFiles(diffId))].every((path) =>
    existsSync(path),
  );
}

const PARALLEL = 4;
/** Each is written and synced while nobody else can name an image. */
const MAX_NAMES = 1000;

/** All end before one's error comes out: nothing goes on behind the caller's back. */
async function addLayers(parts: ImageParts, context: LayerContext): Promise<AddedLayer[]> {
  const stopping = new AbortController();
  const unlisten = onAbort(context.signal, () => stopping.abort(context.signal?.reason));
  let failure: { readonly error: unknown } | undefined;
  // Who waits for a lock has a process and a descriptor for it; an image may have five hundred layers.
  const places = new Semaphore(context.parallel ?? PARALLEL);
  const adding = parts.layers.map(async (part) => {
    const release = await places.acquire();
    try {
      stopping.signal.throwIfAborted();
      return await addLayer(part, { ...context, signal: stopping.signal });
    } catch (error) {
      failure ??= { error };
      stopping.abort(error);
      return null;
    } finally {
      release();
    }
  });
  const added = await Promise.all(adding);
  unlisten();
  if (failure !== undefined) throw failure.error;
  return added.flatMap((layer) => layer ?? []);
}

/** @returns what it is called */
async function addBlob(bytes: Uint8Array, mediaType: string, { session }: LayerContext): Promise<StoredBlob> {
  const digest = digestOf(bytes);
  const path = session.layout.blob(digest);
  if (!(await exists(path))) await writeDurably(path, bytes, session.tmp);
  return { digest, size: bytes.byteLength, mediaType };
}

async function make(parts: ImageParts, context: LayerContext): Promise<ImageRecord> {
  const layers = await addLayers(parts, context);
  const config = await addBlob(parts.config.bytes, parts.config.mediaType, context);
  const manifestBytes =
    parts.manifest?.bytes ??
    writeManifest(
      config,
      layers.map(({ blob }) => blob),
    );
  const manifest = await addBlob(manifestBytes, parts.manifest?.mediaType ?? MEDIA_TYPES.manifest, context);
  return {
    version: 1,
    id: config.digest,
    manifest,
    config,
    layers: layers.map(({ blob, meta }) => ({ ...blob, diffId: meta.diffId, bytes: meta.bytes })),
    ...describedBy(parts.document),
    passwd: accounts(layers, 'passwd'),
    group: accounts(layers, 'group'),
  };
}

async function makeLockFile(layout: StoreLayout, id: string): Promise<void> {
  const path = layout.lock(LOCKS.image(id));
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw ioError(error, `cannot write ${path}`);
  }
}

interface NamedRecord {
  readonly record: ImageRecord;
  readonly names: ImageParts['names'];
}

/** From now on the images are there. Only while the session keeps others from removing what they consist of. */
async function publish(images: readonly NamedRecord[], { session, signal }: LayerContext): Promise<void> {
  const { layout, tmp } = session;
  const [records, names] = [new Records(layout), new Names(layout)];
  await withLock(layout.lock(LOCKS.names), { mode: 'exclusive', signal }, async () => {
    for (const { record, names: references } of images) {
      const name = recordName(record);
      await makeLockFile(layout, record.id);
      // It may have been removed since it was found.
      if (!records.has(name)) await records.write(record, tmp);
      for (const reference of references) {
        if (names.recordOf(reference) !== name) await names.write({ reference, record: name }, tmp);
      }
    }
  });
}

async function prepare(parts: ImageParts, context: LayerContext): Promise<AddedImage> {
  const there = known(parts, context.session.layout);
  if (there === null) return { record: await make(parts, context), isNew: true };
  for (const { digest, size } of there.layers) {
    context.onProgress?.({ id: digest, phase: 'exists', current: 0, total: size });
  }
  return { record: there, isNew: false };
}

/**
 * One after the other: when one fails, those before it have not been added, but for a full disk at the very end.
 *
 * @throws HotcellError `bad-archive`, `registry`, `io`; the signal's reason
 */
export async function addImages(images: readonly ImageParts[], context: LayerContext): Promise<AddedImage[]> {
  const count = images.reduce((sum, { names }) => sum + names.length, 0);
  if (count > MAX_NAMES)
    throw badArchive(`the archive has ${count} names for its images; at most ${MAX_NAMES}`);
  const added: AddedImage[] = [];
  for (const parts of images) added.push(await prepare(parts, context));
  const named = added.map(({ record }, index) => ({ record, names: images[index]?.names ?? [] }));
  await publish(named, context);
  return added;
}
