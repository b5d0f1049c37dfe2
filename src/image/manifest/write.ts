/** Documents of our own, always the same bytes for the same image. */
import type { ImageConfig } from '../../spec/index.js';
import type { BlobName } from './descriptor.js';
import { MEDIA_TYPES } from './media-types.js';
import type { Platform } from './platform.js';

export interface LayerName extends BlobName {
  readonly mediaType: string;
}

const encode = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));

const descriptor = ({ digest, size }: BlobName, mediaType: string): object => ({ mediaType, digest, size });

/** The manifest of an image that came without one. */
export function writeManifest(config: BlobName, layers: readonly LayerName[]): Buffer {
  return encode({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptor(config, MEDIA_TYPES.config),
    layers: layers.map((layer) => descriptor(layer, layer.mediaType)),
  });
}

export interface NewConfig {
  readonly config: ImageConfig;
  readonly platform: Platform;
  readonly diffId: string;
  readonly createdAt: string;
  readonly comment: string;
}

const setOf = (words: readonly string[]): object => Object.fromEntries(words.map((word) => [word, {}]));

const orNothing = <Value>(value: Value, isThere: boolean): Value | undefined => (isThere ? value : undefined);

function runPart({ env, ...config }: ImageConfig): object {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    User: config.user ?? undefined,
    ExposedPorts: orNothing(setOf(config.exposedPorts), config.exposedPorts.length > 0),
    Env: orNothing(lines, lines.length > 0),
    Entrypoint: orNothing(config.entrypoint, config.entrypoint.length > 0),
    Cmd: orNothing(config.cmd, config.cmd.length > 0),
    Volumes: orNothing(setOf(config.volumes), config.volumes.length > 0),
    WorkingDir: config.workdir ?? undefined,
    Labels: orNothing(config.labels, Object.keys(config.labels).length > 0),
    StopSignal: config.stopSignal ?? undefined,
  };
}

/** The configuration of an image with one layer. */
export function writeConfig({ config, platform, diffId, createdAt, comment }: NewConfig): Buffer {
  return encode({
    created: createdAt,
    architecture: platform.architecture,
    variant: platform.variant || undefined,
    os: platform.os,
    config: runPart(config),
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: createdAt, created_by: 'hotcell image import', comment: comment || undefined }],
  });
}
