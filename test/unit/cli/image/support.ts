import { NO_CONFIG } from '../../../../src/cli/image/changes.js';
import type {
  ArchiveSource,
  ImageDetails,
  ImageStep,
  Images,
  ImportOptions,
  ListedImage,
  LoadedImage,
  PrunedImages,
  PulledImage,
  PushedImage,
  RemovedImages,
  WorkOptions,
} from '../../../../src/cli/image/model.js';
import { HotcellError } from '../../../../src/core/index.js';
import type { ImageConfig } from '../../../../src/spec/index.js';
import { cli, FakeIo } from '../support.js';

/** Ids that can be told apart by their first digits: `a0…`, `b1…`. */
export const id = (digits: string): string => `sha256:${digits.padEnd(64, '0')}`;

export function details({
  config,
  ...image
}: Partial<Omit<ImageDetails, 'config'>> & { config?: Partial<ImageConfig> }): ImageDetails {
  return {
    id: id('a0'),
    tags: [],
    digests: [],
    createdAt: '2026-01-01T00:00:00Z',
    sizeBytes: 7_340_000,
    labels: {},
    architecture: 'amd64',
    os: 'linux',
    variant: null,
    author: '',
    comment: '',
    diffIds: [id('d1')],
    config: { ...NO_CONFIG, ...config },
    ...image,
  };
}

const missing = (reference: string): HotcellError =>
  new HotcellError({ code: 'image-not-found', message: `there is no image "${reference}"` });

/** Images in memory; what a command asks for is written down. */
export class FakeImages implements Images {
  readonly asked: unknown[] = [];
  readonly images: readonly ImageDetails[];
  steps: readonly ImageStep[] = [];
  isClosed = false;
  removing: (reference: string) => Promise<RemovedImages> = async (reference) => ({
    untagged: [reference],
    deleted: [],
  });
  loading: (source: ArchiveSource, options: WorkOptions) => Promise<readonly LoadedImage[]> = async () => [];
  saving: (write: (chunk: Uint8Array) => Promise<void>, options: WorkOptions) => Promise<void> = async () =>
    undefined;
  pulling: (options: WorkOptions) => Promise<PulledImage> = async () => {
    throw new HotcellError({ code: 'registry', message: 'no route to registry' });
  };
  pushing: (options: WorkOptions) => Promise<PushedImage> = async () => {
    throw new HotcellError({ code: 'registry', message: 'no route to registry' });
  };
  pruned: PrunedImages = { untagged: [], deleted: [], freedBytes: 0 };

  constructor(images: readonly ImageDetails[] = []) {
    this.images = images;
  }

  async list(): Promise<readonly ListedImage[]> {
    return this.images;
  }

  async inspect(reference: string): Promise<ImageDetails> {
    const found = this.images.find(
      ({ id: whole, tags }) => tags.includes(reference) || whole.startsWith(`sha256:${reference}`),
    );
    if (found === undefined) throw missing(reference);
    return found;
  }

  async history(reference: string): Promise<readonly ImageStep[]> {
    await this.inspect(reference);
    return this.steps;
  }

  async tag(source: string, target: string): Promise<void> {
    await this.inspect(source);
    this.asked.push(['tag', source, target]);
  }

  async remove(reference: string, options: { force: boolean }): Promise<RemovedImages> {
    this.asked.push(['remove', reference, options]);
    return await this.removing(reference);
  }

  async prune(options: { all: boolean; only: ReadonlySet<string> | undefined }): Promise<PrunedImages> {
    this.asked.push(['prune', options.all, options.only && [...options.only]]);
    return this.pruned;
  }

  async load(source: ArchiveSource, options: WorkOptions): Promise<readonly LoadedImage[]> {
    this.asked.push(['load', 'path' in source ? source.path : 'stream']);
    return await this.loading(source, options);
  }

  async import(
    source: ArchiveSource,
    { reference, config, comment, platform }: ImportOptions,
  ): Promise<string> {
    const from = 'path' in source ? source.path : Buffer.concat(await chunksOf(source.stream)).toString();
    this.asked.push(['import', from, { reference, config, comment, platform }]);
    return id('e5');
  }

  async save(
    references: readonly string[],
    write: (chunk: Uint8Array) => Promise<void>,
    options: WorkOptions,
  ): Promise<void> {
    this.asked.push(['save', ...references]);
    await this.saving(write, options);
  }

  async pull(
    reference: string,
    options: WorkOptions & { platform?: string | undefined },
  ): Promise<PulledImage> {
    this.asked.push(['pull', reference, options.platform]);
    return await this.pulling(options);
  }

  async push(reference: string, options: WorkOptions): Promise<PushedImage> {
    this.asked.push(['push', reference]);
    return await this.pushing(options);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

export async function chunksOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const CLOCK = { nowMs: () => 0, date: () => new Date('2026-01-08T00:00:00Z') };

/** The whole command line over images in memory, a week after most of them were made. */
export async function image(
  argv: readonly string[],
  { images = new FakeImages(), io = new FakeIo() }: { images?: FakeImages; io?: FakeIo } = {},
): Promise<Said> {
  const { code, out, err } = await cli(argv, { io, clock: CLOCK, openImages: async () => images });
  return { code, out, err };
}
