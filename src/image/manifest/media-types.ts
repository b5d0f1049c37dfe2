const OCI = 'application/vnd.oci.image.';
const DOCKER = 'application/vnd.docker.';

export const MEDIA_TYPES = {
  index: `${OCI}index.v1+json`,
  manifest: `${OCI}manifest.v1+json`,
  config: `${OCI}config.v1+json`,
  layer: `${OCI}layer.v1.tar`,
  dockerList: `${DOCKER}distribution.manifest.list.v2+json`,
  dockerManifest: `${DOCKER}distribution.manifest.v2+json`,
  dockerConfig: `${DOCKER}container.image.v1+json`,
} as const;

const INDEXES: ReadonlySet<string> = new Set([MEDIA_TYPES.index, MEDIA_TYPES.dockerList]);
const MANIFESTS: ReadonlySet<string> = new Set([MEDIA_TYPES.manifest, MEDIA_TYPES.dockerManifest]);
const CONFIGS: ReadonlySet<string> = new Set([MEDIA_TYPES.config, MEDIA_TYPES.dockerConfig]);

/** Whatever its compression: that is known by the first bytes of a layer, which tell the truth. */
const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar)(?:[.+](?:gzip|zstd|xz))?$/;

export const isIndexType = (mediaType: string): boolean => INDEXES.has(mediaType);
export const isManifestType = (mediaType: string): boolean => MANIFESTS.has(mediaType);
export const isConfigType = (mediaType: string): boolean => CONFIGS.has(mediaType);
export const isLayerType = (mediaType: string): boolean => LAYER.test(mediaType);
