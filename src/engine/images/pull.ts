import { HotcellError, quote } from '../../core/index.js';
import {
  canonical,
  type Descriptor,
  findManifest,
  hostPlatform,
  type ImageParts,
  type ImageStore,
  openRegistryClient,
  type Platform,
  parsePlatform,
  parseReference,
  partsOf,
  type Reference,
  type RegistryClient,
  type RegistryManifest,
  type RegistryReference,
  recordNameOf,
} from '../../image/index.js';
import type { ImagesOptions, ImageWorkOptions, PlatformOption, PulledImage } from './model.js';

export type ClientOptions = NonNullable<ImagesOptions['registry']>;

export const registryReference = ({ domain, path, tag, digest }: Reference): RegistryReference => ({
  domain,
  repository: path,
  tag: tag ?? undefined,
  digest: digest ?? undefined,
});

const descriptorOf = ({ digest, mediaType, bytes }: RegistryManifest): Descriptor => ({
  ...{ mediaType, digest, size: bytes.byteLength },
  platform: null,
  annotations: {},
});

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

class Pull {
  readonly #client: RegistryClient;
  readonly #registry: ClientOptions;
  readonly #reference: Reference;
  readonly #platform: Platform | null;

  constructor(
    client: RegistryClient,
    input: { registry: ClientOptions; reference: Reference; platform: Platform | null },
  ) {
    this.#client = client;
    this.#registry = input.registry;
    this.#reference = input.reference;
    this.#platform = input.platform;
  }

  /** @returns what the reference stands for in the registry, and what there is to get for it */
  async find(): Promise<{ digest: string; parts: ImageParts }> {
    const reference = registryReference(this.#reference);
    const top = await this.#client.resolve(reference);
    const found = await findManifest(descriptorOf(top), {
      wanted: this.#platform ?? hostPlatform(),
      what: quote(canonical(this.#reference), 200),
      read: async ({ digest }) =>
        (digest === top.digest ? top : await this.#client.manifest(reference, digest)).bytes,
    });
    const pinned: Reference = { ...this.#reference, tag: null, digest: top.digest };
    const parts = await partsOf(found, {
      names: this.#reference.digest === null ? [this.#reference, pinned] : [pinned],
      platform: this.#platform,
      read: (descriptor) => collect(this.#client.blob(reference, descriptor)),
      layer: async ({ digest, size }) => ({
        kind: 'registry',
        options: this.#registry,
        reference,
        digest,
        size,
      }),
    });
    return { digest: top.digest, parts };
  }
}

async function before(store: ImageStore, reference: string): Promise<string | null> {
  try {
    return recordNameOf((await store.find(reference)).record);
  } catch (error) {
    if (error instanceof HotcellError && error.code === 'image-not-found') return null;
    throw error;
  }
}

/** @throws HotcellError `registry`, `bad-archive`, `image-not-found`, `invalid-spec`, `io`; the signal's reason */
export async function pullImage(
  store: ImageStore,
  text: string,
  {
    registry,
    platform,
    ...options
  }: ImageWorkOptions & PlatformOption & { readonly registry: ClientOptions },
): Promise<PulledImage> {
  const reference = parseReference(text);
  const wanted = platform === undefined ? null : parsePlatform(platform);
  const client = await openRegistryClient({ ...registry, signal: options.signal });
  try {
    const { digest, parts } = await new Pull(client, { registry, reference, platform: wanted }).find();
    const old = await before(store, canonical(reference));
    const [added] = await store.adding({ ...options, parallel: registry.parallelBlobs }, ({ add }) =>
      add([parts]),
    );
    if (added === undefined) throw new Error('an image was added, and is not there');
    const { record } = added;
    return { id: record.id, digest, reference: canonical(reference), isNew: recordNameOf(record) !== old };
  } finally {
    await client.close();
  }
}
