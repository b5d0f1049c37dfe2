/** What a registry is asked for: a reference with its defaults already filled in. */
export interface RegistryReference {
  /** Host and port as in the reference; `docker.io` for the hub. */
  readonly domain: string;
  /** `library/alpine`, without the host. */
  readonly repository: string;
  readonly tag?: string | undefined;
  /** `sha256:<64 hex digits>`; wins over the tag. */
  readonly digest?: string | undefined;
}

export interface BlobDescriptor {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface RegistryManifest {
  /** Of the bytes, computed here. */
  readonly digest: string;
  readonly mediaType: ManifestMediaType;
  readonly bytes: Uint8Array;
}

/** The manifests that are asked for and accepted; any other is refused. */
export const MANIFEST_MEDIA_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

export type ManifestMediaType = (typeof MANIFEST_MEDIA_TYPES)[number];

export interface TransferProgress {
  /** The blob's digest. */
  readonly id: string;
  readonly phase: 'waiting' | 'downloading' | 'pushing' | 'exists' | 'done';
  /** Bytes so far. */
  readonly current: number;
  readonly total: number;
}

/** The bytes of a blob from an offset to its end; called again, from another offset, when a connection broke. */
export type BlobSource = (offset: number) => AsyncIterable<Uint8Array>;

export interface PushOptions {
  /** A repository of the same registry that may have the blob already, so that no byte needs to travel. */
  readonly mountFrom?: string | undefined;
}

export type PushResult = 'pushed' | 'exists' | 'mounted';

/**
 * A client of the OCI distribution API. Every method rejects with HotcellError `registry`, whose message is one line with
 * the reference, the host and what it said, and whose hint says what to do; or with the signal's reason once it is
 * aborted.
 */
export interface RegistryClient {
  /** The manifest or index that the tag or digest stands for. */
  resolve(ref: RegistryReference): Promise<RegistryManifest>;
  /** The manifest with this digest, as an index names it. */
  manifest(ref: RegistryReference, digest: string): Promise<RegistryManifest>;
  /**
   * The bytes of a blob: exactly `size` of them, resumed after a broken connection. They can be trusted only once the
   * iteration has ended without an error: the digest is known at the end.
   */
  blob(ref: RegistryReference, blob: BlobDescriptor): AsyncIterable<Uint8Array>;
  hasBlob(ref: RegistryReference, blob: BlobDescriptor): Promise<boolean>;
  pushBlob(
    ref: RegistryReference,
    blob: BlobDescriptor,
    source: BlobSource,
    options?: PushOptions,
  ): Promise<PushResult>;
  /** Under the reference's tag when it has one, else under the digest of the bytes, which is what comes back. */
  putManifest(ref: RegistryReference, mediaType: ManifestMediaType, bytes: Uint8Array): Promise<string>;
  tags(ref: RegistryReference): Promise<readonly string[]>;
  /** Ends every connection; calls still under way reject. */
  close(): Promise<void>;
}
