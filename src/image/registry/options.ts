import type { TransferProgress } from './model.js';

export interface RegistryOptions {
  /** Hosts, with port, to talk plain http to although they are not this machine: as docker's `insecure-registries`. */
  readonly insecure?: readonly string[] | undefined;
  /** The folder of docker's config.json; default: $DOCKER_CONFIG, else ~/.docker. */
  readonly dockerConfigDir?: string | undefined;
  /** Where HOST/*.crt are; default /etc/docker/certs.d. */
  readonly certificatesDir?: string | undefined;
  /** Blobs under way at a time, both ways together; default 3. */
  readonly parallelBlobs?: number | undefined;
  /** Bytes of one PATCH of an upload; default: a blob goes in one. */
  readonly uploadChunkBytes?: number | undefined;
  /** How long nothing may come before a connection counts as broken; default 30 s. */
  readonly stallMs?: number | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
