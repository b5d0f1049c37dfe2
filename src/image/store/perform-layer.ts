/**
 * One pass over the bytes of a layer: hashed, kept as they came, unpacked, hashed again, written by the tree writer, all at
 * once. Nothing is trusted before the end: what does not have the digests that it should is thrown away by who asked for it.
 */
import { createHash, type Hash } from 'node:crypto';
import { DEFAULT_QUOTA, type UnpackQuota, unpackLayer } from '../archive/index.js';
import { badArchive, decompress } from '../compression/index.js';
import { MEDIA_TYPES } from '../manifest/index.js';
import { digestFromHex } from '../reference/index.js';
import type { RegistryClient } from '../registry/index.js';
import { TreeEncoder, type TreeWriter } from '../tree/index.js';
import { BlobFile } from './blob-file.js';
import { type Compression, compressionOf, peek } from './first-bytes.js';
import { readRange } from './read-range.js';
import type { LayerDone, LayerJob, LayerSource, LayerWorkOptions } from './work.js';

export interface LayerTools {
  readonly trees: Pick<TreeWriter, 'open'>;
  readonly openRegistry: (
    source: LayerSource & { kind: 'registry' },
    signal: AbortSignal | undefined,
  ) => Promise<RegistryClient>;
  readonly quota?: UnpackQuota | undefined;
}

/** There is no media type for xz: what came so is kept as a plain tar. */
const SUFFIXES: Readonly<Record<Compression, string>> = { none: '', gzip: '+gzip', zstd: '+zstd', xz: '' };

async function* hashed(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

/** See unsynced.ts. */
class UnsyncedTree extends TreeEncoder {
  override async end(): Promise<void> {
    await super.end({ sync: false });
  }
}

class LayerWork {
  readonly #job: LayerJob;
  readonly #tools: LayerTools;
  readonly #options: LayerWorkOptions;

  constructor(job: LayerJob, tools: LayerTools, options: LayerWorkOptions) {
    this.#job = job;
    this.#tools = tools;
    this.#options = options;
  }

  async run(source: AsyncIterable<Uint8Array>): Promise<LayerDone> {
    const [head, bytes] = await peek(source);
    const compression = compressionOf(head);
    const { blob, blobPath } = this.#job;
    const isKeptPlain = compression === 'xz' && blob === null;
    const file = blobPath === null ? null : await BlobFile.create(blobPath);
    try {
      const wanted = isKeptPlain ? decompress(bytes, { ratio: this.#quota.ratio }) : bytes;
      return await this.#read(wanted, file, isKeptPlain ? 'none' : compression);
    } finally {
      await file?.close();
    }
  }

  get #quota(): UnpackQuota {
    return this.#tools.quota ?? DEFAULT_QUOTA;
  }

  async #read(
    source: AsyncIterable<Uint8Array>,
    file: BlobFile | null,
    compression: Compression,
  ): Promise<LayerDone> {
    let size = 0;
    const counted = this.#counted(source, (bytes) => {
      size += bytes;
    });
    // Of a plain tar the two digests are one.
    const hash = compression === 'none' ? null : createHash('sha256');
    const kept = file === null ? counted : file.copied(counted);
    const { diffId, report } = await this.#unpack(hash === null ? kept : hashed(kept, hash));
    const digest = hash === null ? diffId : digestFromHex(hash.digest('hex'));
    this.#check({ digest, size, diffId });
    return { blob: { digest, size, mediaType: MEDIA_TYPES.layer + SUFFIXES[compression] }, diffId, report };
  }

  async #unpack(source: AsyncIterable<Uint8Array>): Promise<Pick<LayerDone, 'diffId' | 'report'>> {
    const { treePath } = this.#job;
    const { signal } = this.#options;
    if (treePath === null) {
      const hash = createHash('sha256');
      for await (const chunk of decompress(source, { ratio: this.#quota.ratio, signal })) hash.update(chunk);
      return { diffId: digestFromHex(hash.digest('hex')), report: null };
    }
    const tree = new UnsyncedTree(await this.#tools.trees.open(treePath));
    const report = await unpackLayer(source, tree, { quota: this.#quota, signal });
    return { diffId: report.diffId, report };
  }

  async *#counted(
    source: AsyncIterable<Uint8Array>,
    add: (bytes: number) => void,
  ): AsyncGenerator<Uint8Array> {
    const { source: from, treePath } = this.#job;
    const work = treePath === null ? 'verifying' : 'unpacking';
    const phase = from.kind === 'registry' ? 'downloading' : work;
    let current = 0;
    for await (const chunk of source) {
      this.#options.signal?.throwIfAborted();
      add(chunk.byteLength);
      current += chunk.byteLength;
      this.#options.onProgress({ phase, current });
      yield chunk;
    }
  }

  #check({ digest, size, diffId }: { digest: string; size: number; diffId: string }): void {
    const { what, blob, diffId: wanted } = this.#job;
    if (blob !== null && blob.size !== size) {
      throw badArchive(`${what} has ${size} bytes, and should have ${blob.size}`);
    }
    if (blob !== null && blob.digest !== digest)
      throw badArchive(`${what} has the digest ${digest}, and should have ${blob.digest}`);
    if (wanted !== null && wanted !== diffId) {
      throw badArchive(`${what} unpacks to ${diffId}, and should by the image's configuration to ${wanted}`);
    }
  }
}

function checkSize({ what, source, blob }: LayerJob): void {
  if (blob !== null && source.size !== blob.size) {
    throw badArchive(`${what} has ${source.size} bytes, and should have ${blob.size}`);
  }
}

/** @throws HotcellError `bad-archive` when it is not what it should be, or not allowed; `registry`, `io`; the signal's reason */
export async function performLayer(
  job: LayerJob,
  tools: LayerTools,
  options: LayerWorkOptions,
): Promise<LayerDone> {
  checkSize(job);
  const { source } = job;
  const work = new LayerWork(job, tools, options);
  if (source.kind === 'file') return await work.run(readRange(source));
  const client = await tools.openRegistry(source, options.signal);
  try {
    return await work.run(client.blob(source.reference, source));
  } finally {
    await client.close();
  }
}
