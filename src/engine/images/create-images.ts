import { isAbsolute } from 'node:path';
import { checkOptions, HotcellError, type OptionNames, quote } from '../../core/index.js';
import {
  ImageResolver,
  ImageStore,
  type PrunedImages,
  type RemovedImages,
  writeImages,
} from '../../image/index.js';
import type { ResolvedImage } from '../../spec/index.js';
import { homeDirectory } from '../../store/index.js';
import { importRootfs } from './import.js';
import { loadImages } from './load.js';
import type {
  ArchiveSource,
  Images,
  ImagesOptions,
  ImageWorkOptions,
  ImportOptions,
  PlatformOption,
  PruneImagesOptions,
} from './model.js';
import { pullImage } from './pull.js';
import { pushImage } from './push.js';
import { ImageTools } from './tools.js';
import { Works } from './works.js';

const OPTION_NAMES: OptionNames<ImagesOptions> = {
  home: true,
  address: true,
  launcherPath: true,
  registry: true,
};

class StoredImages implements Images {
  readonly #store: ImageStore;
  readonly #tools: ImageTools;
  readonly #works = new Works();
  readonly #resolver: ImageResolver;
  readonly #registry: NonNullable<ImagesOptions['registry']>;

  constructor(
    store: ImageStore,
    input: { home: string; tools: ImageTools; registry: ImagesOptions['registry'] },
  ) {
    this.#store = store;
    this.#tools = input.tools;
    this.#resolver = new ImageResolver(input.home);
    this.#registry = input.registry ?? {};
  }

  list() {
    return this.#store.list();
  }

  inspect(reference: string) {
    return this.#store.inspect(reference);
  }

  history(reference: string) {
    return this.#store.history(reference);
  }

  resolve(reference: string): Promise<ResolvedImage> {
    return this.#resolver.resolve(reference);
  }

  tag(source: string, target: string): Promise<void> {
    return this.#works.run({}, () => this.#store.tag(source, target));
  }

  remove(reference: string, { force = false }: { readonly force?: boolean } = {}): Promise<RemovedImages> {
    return this.#works.run({}, () => this.#store.remove(reference, { force }));
  }

  prune({ all = false, only, signal }: PruneImagesOptions = {}): Promise<PrunedImages> {
    return this.#works.run({ signal }, (given) => this.#store.prune({ all, only, signal: given.signal }));
  }

  load(source: ArchiveSource, options: ImageWorkOptions & PlatformOption = {}) {
    return this.#works.run(options, (given) => loadImages(this.#store, source, { ...options, ...given }));
  }

  import(source: ArchiveSource, options: ImportOptions = {}): Promise<string> {
    return this.#works.run(options, (given) => importRootfs(this.#store, source, { ...options, ...given }));
  }

  save(
    references: readonly string[],
    write: (chunk: Uint8Array) => Promise<void>,
    options: ImageWorkOptions = {},
  ): Promise<void> {
    const saving = async (given: ImageWorkOptions): Promise<void> => {
      const images = [];
      for (const reference of references) images.push(await this.#store.find(reference));
      for await (const chunk of writeImages(images, given)) await write(chunk);
    };
    return this.#works.run(options, (given) => this.#store.reading(() => saving(given), given.signal));
  }

  pull(reference: string, options: ImageWorkOptions & PlatformOption = {}) {
    const registry = this.#registry;
    return this.#works.run(options, (given) =>
      pullImage(this.#store, reference, { ...options, ...given, registry }),
    );
  }

  push(reference: string, options: ImageWorkOptions = {}) {
    const registry = this.#registry;
    return this.#works.run(options, (given) => pushImage(this.#store, reference, { ...given, registry }));
  }

  async close(): Promise<void> {
    await this.#works.close();
    try {
      await this.#store.close();
    } finally {
      await this.#tools.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function checkHome(home: string): string {
  if (isAbsolute(home)) return home;
  throw new HotcellError({ code: 'invalid-usage', message: `home ${quote(home)}: use an absolute path` });
}

/**
 * Opens the images of this machine. A launcher is started only when something is unpacked or removed.
 *
 * @throws HotcellError `io`, `invalid-usage`
 */
export async function createImages(options: ImagesOptions = {}): Promise<Images> {
  checkOptions('createImages', options, OPTION_NAMES);
  const home = checkHome(options.home ?? homeDirectory());
  const tools = new ImageTools({ address: options.address, launcherPath: options.launcherPath });
  const store = await ImageStore.open(home, tools);
  return new StoredImages(store, { home, tools, registry: options.registry });
}
