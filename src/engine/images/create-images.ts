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
} from './model.js';
import { pullImage } from './pull.js';
import { pushImage } from './push.js';
import { ImageTools } from './tools.js';

const OPTION_NAMES: OptionNames<ImagesOptions> = {
  home: true,
  address: true,
  launcherPath: true,
  registry: true,
};

class StoredImages implements Images {
  readonly #store: ImageStore;
  readonly #tools: ImageTools;
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
    return this.#store.tag(source, target);
  }

  remove(reference: string, { force = false }: { readonly force?: boolean } = {}): Promise<RemovedImages> {
    return this.#store.remove(reference, { force });
  }

  prune({
    all = false,
    only,
  }: {
    all?: boolean;
    only?: ReadonlySet<string> | undefined;
  } = {}): Promise<PrunedImages> {
    return this.#store.prune({ all, only });
  }

  load(source: ArchiveSource, options: ImageWorkOptions & PlatformOption = {}) {
    return loadImages(this.#store, source, options);
  }

  import(source: ArchiveSource, options: ImportOptions = {}): Promise<string> {
    return importRootfs(this.#store, source, options);
  }

  async save(
    references: readonly string[],
    write: (chunk: Uint8Array) => Promise<void>,
    options: ImageWorkOptions = {},
  ): Promise<void> {
    await this.#store.reading(async () => {
      const images = [];
      for (const reference of references) images.push(await this.#store.find(reference));
      for await (const chunk of writeImages(images, options)) await write(chunk);
    });
  }

  pull(reference: string, options: ImageWorkOptions & PlatformOption = {}) {
    return pullImage(this.#store, reference, { ...options, registry: this.#registry });
  }

  push(reference: string, options: ImageWorkOptions = {}) {
    return pushImage(this.#store, reference, { ...options, registry: this.#registry });
  }

  async close(): Promise<void> {
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
