import type { ImageConfig } from '../../spec/index.js';

export interface ListedImage {
  /** `sha256:<hex>` of its configuration. */
  readonly id: string;
  /** As people write them: `alpine:3.20`, `localhost:5000/tools:latest`. */
  readonly tags: readonly string[];
  /** By what registries know it: `alpine@sha256:<hex>`. */
  readonly digests: readonly string[];
  /** ISO 8601; null when the image does not say. */
  readonly createdAt: string | null;
  /** Of its files, unpacked. */
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageDetails extends ListedImage {
  readonly architecture: string;
  readonly os: string;
  readonly variant: string | null;
  readonly author: string;
  readonly comment: string;
  readonly config: ImageConfig;
  /** Digests of its layers as plain tar files, lowest first. */
  readonly diffIds: readonly string[];
}

/** A step in which an image was made; the newest come first. */
export interface ImageStep {
  /** Only the last step's is known. */
  readonly id: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string;
  readonly sizeBytes: number;
  readonly comment: string;
}

export interface RemovedImages {
  readonly untagged: readonly string[];
  /** Ids. */
  readonly deleted: readonly string[];
}

export interface PrunedImages extends RemovedImages {
  readonly freedBytes: number;
}

export interface LoadedImage {
  readonly id: string;
  readonly tags: readonly string[];
}

export interface PulledImage {
  readonly id: string;
  /** `sha256:<hex>` of the manifest. */
  readonly digest: string;
  /** Whole: `docker.io/library/alpine:latest`. */
  readonly reference: string;
  /** False when it was here already. */
  readonly isNew: boolean;
}

export interface PushedImage {
  readonly digest: string;
  readonly reference: string;
  /** Of the manifest. */
  readonly sizeBytes: number;
}

/** An archive: a path of this host, absolute, or its bytes. */
export type ArchiveSource = { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array> };

export const PHASES = [
  'waiting',
  'downloading',
  'verifying',
  'unpacking',
  'exists',
  'done',
  'pushing',
] as const;

export type Phase = (typeof PHASES)[number];

/** How far something with a layer has got. */
export interface LayerProgress {
  /** Of the layer, `sha256:<hex>`. */
  readonly id: string;
  readonly phase: Phase;
  /** In bytes; `total` is null when nobody knows it. */
  readonly current: number;
  readonly total: number | null;
}

export interface WorkOptions {
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PlatformOption {
  /** `os/architecture` or `os/architecture/variant`; that of this host unless said otherwise. */
  readonly platform?: string | undefined;
}

export interface ImportOptions extends WorkOptions, PlatformOption {
  /** The name that the image gets. */
  readonly reference: string | undefined;
  readonly config: ImageConfig;
  readonly comment: string;
}

/**
 * What the commands need of the image store, and no more. A reference is a name, one with a tag or digest, an id, or the
 * beginning of one.
 *
 * All throw HotcellError: `image-not-found`, `image-in-use`, `bad-archive`, `registry`, `invalid-spec` for what is no
 * reference, `io`.
 */
export interface Images {
  list(): Promise<readonly ListedImage[]>;
  inspect(reference: string): Promise<ImageDetails>;
  history(reference: string): Promise<readonly ImageStep[]>;
  tag(source: string, target: string): Promise<void>;
  remove(reference: string, options: { readonly force: boolean }): Promise<RemovedImages>;
  /** Removes what has no tag, or with `all` what no run uses; of these `only` some ids, when it is given. */
  prune(options: {
    readonly all: boolean;
    readonly only: ReadonlySet<string> | undefined;
  }): Promise<PrunedImages>;
  load(source: ArchiveSource, options: WorkOptions & PlatformOption): Promise<readonly LoadedImage[]>;
  /** An image with one layer, from the tar file of a root file system. @returns its id */
  import(source: ArchiveSource, options: ImportOptions): Promise<string>;
  save(
    references: readonly string[],
    write: (chunk: Uint8Array) => Promise<void>,
    options: WorkOptions,
  ): Promise<void>;
  pull(reference: string, options: WorkOptions & PlatformOption): Promise<PulledImage>;
  push(reference: string, options: WorkOptions): Promise<PushedImage>;
  close(): Promise<void>;
}
