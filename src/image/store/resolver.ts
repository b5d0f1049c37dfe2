import { existsSync } from 'node:fs';
import { HotcellError, quote } from '../../core/index.js';
import type { ImageSource, ResolvedImage } from '../../spec/index.js';
import { digestFromHex } from '../reference/index.js';
import { LOCKS, StoreLayout } from './layout.js';
import { locate } from './locate.js';
import { Names } from './names.js';
import type { ImageRecord } from './record.js';
import { Records } from './records.js';
import { isDoubtful } from './unsynced.js';

type Found = Omit<ResolvedImage, 'reference'>;

/** Records never change, so each is read once; what a name stands for is read each time. */
const MAX_CACHED = 256;

/**
 * Of a layer that is there twice only the upper one counts: it has all that the lower one has. The kernel refuses to stack a
 * directory on itself, and tools write the same empty layer many times.
 */
const withoutRepeats = (layers: readonly string[]): string[] =>
  layers.filter((layer, index) => !layers.includes(layer, index + 1));

/** Images as runs need them. It only reads, and a store that is not there has none. */
export class ImageResolver implements ImageSource {
  readonly #layout: StoreLayout;
  readonly #names: Names;
  readonly #records: Records;
  readonly #cache = new Map<string, Found>();

  /** @param home see `homeDirectory` */
  constructor(home: string) {
    this.#layout = StoreLayout.at(home);
    this.#names = new Names(this.#layout);
    this.#records = new Records(this.#layout);
  }

  /** @throws HotcellError `image-not-found` with the nearest name that there is, `invalid-spec`, `io` */
  async resolve(reference: string): Promise<ResolvedImage> {
    this.#layout.checkOwn();
    const { record } = locate(reference, { names: this.#names, records: this.#records });
    return { reference, ...(this.#cache.get(record) ?? this.#read(record)) };
  }

  #read(name: string): Found {
    const record = this.#records.read(name);
    if (record === null) {
      const id = digestFromHex(name.slice(0, 64));
      throw new HotcellError({
        code: 'image-not-found',
        message: `the image ${quote(id, 80)} was just removed`,
      });
    }
    this.#checkLayers(record);
    const found = this.#found(record);
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(name, found);
    return found;
  }

  #checkLayers({ layers }: ImageRecord): void {
    const gone = layers.find(({ diffId }) => !existsSync(this.#layout.layerFiles(diffId)));
    if (gone !== undefined) {
      const message = `the layer ${gone.diffId} is gone`;
      throw new HotcellError({ code: 'io', message, hint: 'load or pull the image again' });
    }
    const doubtful = layers.find(({ diffId }) => isDoubtful(this.#layout, diffId));
    if (doubtful === undefined) return;
    throw new HotcellError({
      code: 'io',
      message: `the machine stopped before the layer ${doubtful.diffId} was on the disk`,
      hint: 'run "hotcell image prune": it unpacks the layer again',
    });
  }

  #found({ id, layers, run, passwd, group }: ImageRecord): Found {
    return {
      id,
      layers: withoutRepeats(layers.map(({ diffId }) => this.#layout.layerFiles(diffId))),
      lockPath: this.#layout.lock(LOCKS.image(id)),
      config: run,
      passwd,
      group,
    };
  }
}
