import { createReadStream } from 'node:fs';
import { HotcellError } from '../../core/index.js';
import { canonical, parseReference, type Reference } from '../reference/index.js';
import type { TreeWriter } from '../tree/index.js';
import { type AddedImage, addImages } from './add-image.js';
import type { LayerContext } from './add-layer.js';
import { addRootfs, type RootfsParts } from './add-rootfs.js';
import { ioError } from './io-error.js';
import { LOCKS, StoreLayout } from './layout.js';
import { type Located, locate } from './locate.js';
import { withLock } from './lock.js';
import { type ImageName, Names } from './names.js';
import type { ImageParts, WorkOptions } from './parts.js';
import { type ImageRecord, recordName, type StoredBlob } from './record.js';
import { Records } from './records.js';
import { recover } from './recover.js';
import {
  collectIfAlone,
  type PrunedImages,
  type PruneOptions,
  pruneImages,
  type RemovedImages,
  removeImage,
} from './remove.js';
import { StoreSession } from './session.js';
import { syncLayers, unsyncedLayers } from './unsynced.js';
import {
  type ImageDetails,
  type ImageStep,
  imageDetails,
  imageSteps,
  type ListedImage,
  listedImage,
} from './views.js';
import type { PerformLayer } from './work.js';

const READ_BYTES = 512 * 1024;

export interface StoreTools {
  readonly trees: Pick<TreeWriter, 'remove' | 'sync'>;
  readonly perform: PerformLayer;
  readonly warm?: (() => void) | undefined;
}

/** Adds images; what they share with others is found and not made again. */
export interface Adding {
  /** For files that are not finished. */
  readonly session: StoreSession;
  readonly add: (images: readonly ImageParts[]) => Promise<readonly AddedImage[]>;
  readonly addRootfs: (parts: RootfsParts) => Promise<AddedImage>;
}

/** An image of the store, to be written elsewhere. */
export interface StoredImage {
  /** The name that it was asked for by; null for an id. */
  readonly name: Reference | null;
  readonly record: ImageRecord;
  /** @throws HotcellError `io` */
  readonly read: (blob: StoredBlob, offset?: number) => AsyncIterable<Uint8Array>;
}

/**
 * The images that are kept on this machine, any number of processes at once. Every method throws HotcellError: `io`,
 * `image-not-found` for a reference that stands for nothing, `invalid-spec` for one that could not.
 */
export class ImageStore {
  readonly #layout: StoreLayout;
  readonly #tools: StoreTools;
  readonly #names: Names;
  readonly #records: Records;
  /** Of layers that came whole; see unsynced.ts. */
  #syncing: Promise<void> = Promise.resolve();

  private constructor(layout: StoreLayout, tools: StoreTools) {
    this.#layout = layout;
    this.#tools = tools;
    this.#names = new Names(layout);
    this.#records = new Records(layout);
  }

  /** @param home see `homeDirectory`; made when it is not there */
  static async open(home: string, tools: StoreTools): Promise<ImageStore> {
    return new ImageStore(await StoreLayout.make(home), tools);
  }

  /**
   * Adds images in `act`. What it leaves unfinished is removed; layers that came whole before a connection broke, or it was
   * called off, stay for the next attempt.
   */
  async adding<Result>(options: WorkOptions, act: (adding: Adding) => Promise<Result>): Promise<Result> {
    try {
      return await this.#adding(options, act);
    } catch (error) {
      if (isFinal(error)) await collectIfAlone(this.#layout, this.#tools.trees).catch(() => undefined);
      throw error;
    }
  }

  /** Nobody removes what `act` reads. */
  async reading<Result>(act: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const path = this.#layout.lock(LOCKS.store);
    return await withLock(path, { mode: 'shared', signal }, act);
  }

  async list(): Promise<readonly ListedImage[]> {
    const names = this.#names.list();
    const byId = new Map(this.#records.readAll().map((record) => [record.id, record]));
    return [...byId.values()].map((record) => listedImage(record, this.#namesOf(record.id, names)));
  }

  async inspect(reference: string): Promise<ImageDetails> {
    const { record } = await this.find(reference);
    return imageDetails(record, this.#namesOf(record.id, this.#names.list()));
  }

  async history(reference: string): Promise<readonly ImageStep[]> {
    return imageSteps((await this.find(reference)).record);
  }

  async find(reference: string): Promise<StoredImage> {
    const located = this.#locate(reference);
    const record = this.#records.read(located.record);
    if (record === null) throw gone(reference);
    const read: StoredImage['read'] = ({ digest }, offset = 0) => readBlob(this.#layout.blob(digest), offset);
    return { name: located.name, record, read };
  }

  /** A name more for an image; one that stood for another image stands for this now. */
  async tag(source: string, target: string): Promise<void> {
    const reference = parseReference(target);
    if (reference.digest !== null) {
      throw new HotcellError({
        code: 'invalid-spec',
        message: `${canonical(reference)} has a digest, which nobody can give to an image`,
      });
    }
    await this.#changing(async (session) => {
      await this.#names.write({ reference, record: this.#locate(source).record }, session.tmp);
    });
  }

  /** Remembers by what digest a registry knows an image. */
  async pin(record: ImageRecord, reference: Reference): Promise<void> {
    const name = recordName(record);
    await this.#changing(async (session) => {
      if (this.#records.has(name)) await this.#names.write({ reference, record: name }, session.tmp);
    });
  }

  /** All names of an image. */
  namesOf({ id }: ImageRecord): Reference[] {
    return this.#namesOf(id, this.#names.list()).map(({ reference }) => reference);
  }

  remove(reference: string, options: { readonly force: boolean }): Promise<RemovedImages> {
    return removeImage(this.#layout, reference, { ...options, trees: this.#tools.trees });
  }

  /** Waits for those who are adding. */
  async prune(options: PruneOptions & Pick<WorkOptions, 'signal'>): Promise<PrunedImages> {
    await this.#mending(options, recover);
    return await pruneImages(this.#layout, { ...options, trees: this.#tools.trees });
  }

  /** Waits until everything is on the disk. @throws HotcellError `io` when it is not, and may be lost */
  async close(): Promise<void> {
    await this.#syncing;
  }

  #locate(reference: string): Located {
    return locate(reference, { names: this.#names, records: this.#records });
  }

  #namesOf(id: string, names: readonly ImageName[]): ImageName[] {
    const hex = id.slice('sha256:'.length);
    return names.filter(({ record }) => record.startsWith(hex));
  }

  async #adding<Result>(options: WorkOptions, act: (adding: Adding) => Promise<Result>): Promise<Result> {
    const result = await this.#mending(options, async (context) => {
      if (unsyncedLayers(this.#layout).doubtful.length > 0) await recover(context);
      return await act({
        session: context.session,
        add: (images) => addImages(images, context),
        addRootfs: (parts) => addRootfs(parts, context),
      });
    });
    this.#syncing = this.#syncing.then(() => syncLayers(this.#layout, this.#tools.trees));
    this.#syncing.catch(() => undefined); // told by close
    return result;
  }

  async #mending<Result>(
    options: WorkOptions,
    act: (context: LayerContext) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = options;
    const session = await StoreSession.begin(this.#layout, {
      trees: this.#tools.trees,
      mode: 'shared',
      signal,
    });
    try {
      const { perform, warm } = this.#tools;
      return await act({ ...options, session, perform, warm });
    } finally {
      await session.end();
    }
  }

  async #changing(act: (session: StoreSession) => Promise<void>): Promise<void> {
    const session = await StoreSession.begin(this.#layout, { trees: this.#tools.trees, mode: 'shared' });
    try {
      await withLock(this.#layout.lock(LOCKS.names), { mode: 'exclusive' }, () => act(session));
    } finally {
      await session.end();
    }
  }
}

async function* readBlob(path: string, start: number): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { start, highWaterMark: READ_BYTES });
  } catch (error) {
    throw ioError(error, `cannot read ${path}`);
  }
}

/** Whether another attempt would end as this did, and what is there already is of no use. */
const isFinal = (error: unknown): boolean =>
  error instanceof HotcellError && ['bad-archive', 'io'].includes(error.code);

const gone = (reference: string): HotcellError =>
  new HotcellError({ code: 'image-not-found', message: `the image ${reference} was just removed` });
