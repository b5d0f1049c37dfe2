import type {
  ImageDetails,
  ImageStep,
  ListedImage,
  PrunedImages,
  RegistryOptions,
  RemovedImages,
  StoreProgress,
} from '../../image/index.js';
import type { ImageConfig, ResolvedImage } from '../../spec/index.js';

export interface ImagesOptions {
  /** Where images are kept; absolute. As `homeDirectory` says unless said otherwise. */
  readonly home?: string | undefined;
  /** The `address` of a cell, to use its launcher; one is started when it is needed unless given. */
  readonly address?: string | undefined;
  /** Instead of looking for the launcher; see also $HOTCELL_LAUNCHER. */
  readonly launcherPath?: string | undefined;
  readonly registry?: Omit<RegistryOptions, 'onProgress' | 'signal'> | undefined;
}

/** How far something with a layer of an image has got. */
export type ImageProgress = StoreProgress;

export interface ImageWorkOptions {
  readonly onProgress?: ((progress: ImageProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PlatformOption {
  /** `os/architecture` or `os/architecture/variant`; that of this host unless said otherwise. */
  readonly platform?: string | undefined;
}

export interface LoadedImage {
  readonly id: string;
  /** As people write them. */
  readonly tags: readonly string[];
}

export interface PulledImage {
  readonly id: string;
  /** `sha256:<hex>` of the manifest that the reference stands for, which may be an index. */
  readonly digest: string;
  /** Whole: `docker.io/library/alpine:latest`. */
  readonly reference: string;
  /** False when the reference stood for the same image already. */
  readonly isNew: boolean;
}

export interface PushedImage {
  readonly digest: string;
  readonly reference: string;
  /** Of the manifest. */
  readonly sizeBytes: number;
}

export interface ImportOptions extends ImageWorkOptions, PlatformOption {
  /** The name that the image gets. */
  readonly reference?: string | undefined;
  readonly config?: ImageConfig | undefined;
  readonly comment?: string | undefined;
}

export interface PruneImagesOptions extends Pick<ImageWorkOptions, 'signal'> {
  readonly all?: boolean | undefined;
  readonly only?: ReadonlySet<string> | undefined;
}

/** An archive: a path of this host, absolute, or its bytes. */
export type ArchiveSource = { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array> };

/**
 * The images of this machine. A reference is a name, one with a tag or digest, an id, or the beginning of one.
 *
 * All throw HotcellError: `image-not-found`, `image-in-use`, `bad-archive`, `registry`, `invalid-spec` for what is no
 * reference, `io`; or the reason of the signal.
 */
export interface Images extends AsyncDisposable {
  list(): Promise<readonly ListedImage[]>;
  inspect(reference: string): Promise<ImageDetails>;
  /** The steps in which an image was made, the newest first. */
  history(reference: string): Promise<readonly ImageStep[]>;
  /** As a run needs it. */
  resolve(reference: string): Promise<ResolvedImage>;
  tag(source: string, target: string): Promise<void>;
  /** Takes a name away, and removes the image with the last; with `force` also by its id when it has several. */
  remove(reference: string, options?: { readonly force?: boolean }): Promise<RemovedImages>;
  /** Removes what has no tag, or with `all` what no run uses; of these `only` some ids, when it is given. */
  prune(options?: PruneImagesOptions): Promise<PrunedImages>;
  /** Images from an archive that has them with their names: OCI layout or docker-archive, compressed or not. */
  load(source: ArchiveSource, options?: ImageWorkOptions & PlatformOption): Promise<readonly LoadedImage[]>;
  /** An image with one layer, from the tar file of a root file system. @returns its id */
  import(source: ArchiveSource, options?: ImportOptions): Promise<string>;
  /** An archive that docker, podman and skopeo read as well; the same bytes for the same images. */
  save(
    references: readonly string[],
    write: (chunk: Uint8Array) => Promise<void>,
    options?: ImageWorkOptions,
  ): Promise<void>;
  pull(reference: string, options?: ImageWorkOptions & PlatformOption): Promise<PulledImage>;
  push(reference: string, options?: ImageWorkOptions): Promise<PushedImage>;
  /** Calls off what is under way, and resolves when nothing of it is left. */
  close(): Promise<void>;
}
