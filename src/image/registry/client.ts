import { setMaxListeners } from 'node:events';
import { checkOptions, HotcellError, type OptionNames, onAbort, Semaphore } from '../../core/index.js';
import { blobExists } from './blob-exists.js';
import { download } from './download.js';
import { checkDigest, checkReference } from './endpoint.js';
import { explain } from './fault.js';
import { type Internals, systemInternals } from './internals.js';
import { getManifest, putManifest } from './manifest.js';
import type {
  BlobDescriptor,
  BlobSource,
  ManifestMediaType,
  PushOptions,
  PushResult,
  RegistryClient,
  RegistryManifest,
  RegistryReference,
  TransferProgress,
} from './model.js';
import { type OpenSession, openSession } from './open-session.js';
import type { RegistryOptions } from './options.js';
import type { Session } from './session.js';
import { listTags } from './tags.js';
import { upload } from './upload.js';

const PARALLEL_BLOBS = 3;

const OPTION_NAMES: OptionNames<RegistryOptions> = {
  insecure: true,
  dockerConfigDir: true,
  certificatesDir: true,
  parallelBlobs: true,
  uploadChunkBytes: true,
  stallMs: true,
  onProgress: true,
  signal: true,
};

class Client implements RegistryClient {
  readonly #options: RegistryOptions;
  readonly #internals: Internals;
  readonly #sessions = new Map<string, Promise<OpenSession>>();
  readonly #blobs: Semaphore;
  readonly #ending = new AbortController();
  readonly #unlisten: () => void;

  constructor(options: RegistryOptions, internals: Internals) {
    this.#options = options;
    this.#internals = internals;
    this.#blobs = new Semaphore(options.parallelBlobs ?? PARALLEL_BLOBS);
    // Every request under way listens, and there may be more than the ten at which Node suspects a leak.
    setMaxListeners(0, this.#ending.signal);
    const { signal } = options;
    this.#unlisten = onAbort(signal, () => this.#ending.abort(signal?.reason));
  }

  resolve(ref: RegistryReference): Promise<RegistryManifest> {
    return this.#run(ref, (session) => getManifest(session, ref, ref.digest));
  }

  manifest(ref: RegistryReference, digest: string): Promise<RegistryManifest> {
    return this.#run({ ...ref, digest }, (session) => getManifest(session, { ...ref, digest }, digest));
  }

  async *blob(ref: RegistryReference, blob: BlobDescriptor): AsyncGenerator<Uint8Array> {
    const report = this.#reporter(blob);
    report('waiting', 0);
    const release = await this.#blobs.acquire(this.#ending.signal);
    try {
      const session = await this.#session(ref);
      checkDigest(ref.domain, blob.digest);
      yield* download(session, { ref, blob, report: (current) => report('downloading', current) });
      report('done', blob.size);
    } catch (error) {
      throw explain(ref, error);
    } finally {
      release();
    }
  }

  hasBlob(ref: RegistryReference, blob: BlobDescriptor): Promise<boolean> {
    return this.#run(ref, (session) => {
      checkDigest(ref.domain, blob.digest);
      return blobExists(session, { ref, blob });
    });
  }

  async pushBlob(
    ref: RegistryReference,
    blob: BlobDescriptor,
    source: BlobSource,
    { mountFrom }: PushOptions = {},
  ): Promise<PushResult> {
    const report = this.#reporter(blob);
    report('waiting', 0);
    const release = await this.#blobs.acquire(this.#ending.signal);
    try {
      return await this.#run(ref, async (session) => {
        checkDigest(ref.domain, blob.digest);
        if (mountFrom !== undefined) checkReference({ ...ref, repository: mountFrom });
        const chunkBytes = this.#options.uploadChunkBytes;
        const sent = (current: number): void => report('pushing', current);
        const result = await upload(session, { ref, blob, source, mountFrom, chunkBytes, report: sent });
        report(result === 'pushed' ? 'done' : 'exists', blob.size);
        return result;
      });
    } finally {
      release();
    }
  }

  putManifest(ref: RegistryReference, mediaType: ManifestMediaType, bytes: Uint8Array): Promise<string> {
    return this.#run(ref, (session) => putManifest(session, ref, { mediaType, bytes }));
  }

  tags(ref: RegistryReference): Promise<readonly string[]> {
    return this.#run(ref, (session) => listTags(session, ref));
  }

  async close(): Promise<void> {
    this.#unlisten();
    this.#ending.abort(new HotcellError({ code: 'closed', message: 'the registry client is closed' }));
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    await Promise.all(
      sessions.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)),
    );
  }

  async #run<T>(ref: RegistryReference, act: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await act(await this.#session(ref));
    } catch (error) {
      throw explain(ref, error);
    }
  }

  async #session(ref: RegistryReference): Promise<Session> {
    this.#ending.signal.throwIfAborted();
    checkReference(ref);
    const known = this.#sessions.get(ref.domain);
    if (known !== undefined) return (await known).session;
    const context = { domain: ref.domain, options: this.#options, internals: this.#internals };
    const opening = openSession({ ...context, signal: this.#ending.signal });
    this.#sessions.set(ref.domain, opening);
    // A host that could not be reached may be there the next time.
    opening.catch(() => this.#sessions.delete(ref.domain));
    return (await opening).session;
  }

  #reporter({ digest, size }: BlobDescriptor): (phase: TransferProgress['phase'], current: number) => void {
    const { onProgress } = this.#options;
    return (phase, current) => onProgress?.({ id: digest, phase, current, total: size });
  }
}

/**
 * A client that keeps its connections and logins until it is closed.
 *
 * @throws HotcellError `invalid-usage` for an option that there is not
 */
export function createRegistryClient(
  options: RegistryOptions = {},
  internals: Internals = systemInternals,
): RegistryClient {
  checkOptions('registry client', options, OPTION_NAMES);
  return new Client(options, internals);
}
