/** From a manifest to all that the store needs to know. */

import { HotcellError } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import {
  type Descriptor,
  type FoundManifest,
  fits,
  MAX_CONFIG_BYTES,
  type Platform,
  platformText,
  readConfig,
} from '../manifest/index.js';
import { digestOf, type Reference } from '../reference/index.js';
import type { ImageParts, LayerSource } from '../store/index.js';

export interface Origin {
  readonly names: readonly Reference[];
  /** The bytes of a small blob. */
  readonly read: (descriptor: Descriptor) => Promise<Uint8Array>;
  readonly layer: (descriptor: Descriptor) => Promise<LayerSource>;
  /** What the user asked for; null when anything will do. */
  readonly platform: Platform | null;
}

/** @throws HotcellError `bad-archive` unless the bytes are those that are meant */
export function checkBytes(
  bytes: Uint8Array,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  what: string,
): void {
  if (bytes.byteLength !== size)
    throw badArchive(`${what} has ${bytes.byteLength} bytes, and should have ${size}`);
  const found = digestOf(bytes);
  if (found !== digest) throw badArchive(`${what} has the digest ${found}, and should have ${digest}`);
}

export function checkPlatform(found: Platform, wanted: Platform | null, what: string): void {
  if (wanted === null || fits(found, wanted)) return;
  throw new HotcellError({
    code: 'image-not-found',
    message: `${what} is for ${platformText(found)}, not ${platformText(wanted)}`,
  });
}

export async function readConfigBytes(config: Descriptor, read: Origin['read']): Promise<Uint8Array> {
  const what = `the configuration ${config.digest}`;
  if (config.size > MAX_CONFIG_BYTES)
    throw badArchive(`${what} has ${config.size} bytes; at most ${MAX_CONFIG_BYTES}`);
  const bytes = await read(config);
  checkBytes(bytes, config, what);
  return bytes;
}

/** @throws HotcellError `bad-archive`; `image-not-found` when it is for another platform than was asked for */
export async function partsOf(
  found: FoundManifest,
  { names, read, layer, platform }: Origin,
): Promise<ImageParts> {
  const { config, layers, mediaType } = found.manifest;
  const bytes = await readConfigBytes(config, read);
  const document = readConfig(bytes, `the configuration ${config.digest}`);
  checkPlatform(document, platform, `the image ${config.digest}`);
  if (layers.length !== document.diffIds.length) {
    throw badArchive(
      `the manifest ${found.digest} has ${layers.length} layers, and its configuration ${document.diffIds.length}`,
    );
  }
  return {
    names,
    manifest: { bytes: found.bytes, digest: found.digest, mediaType },
    config: { bytes, digest: config.digest, mediaType: config.mediaType },
    document,
    layers: document.diffIds.map((diffId, index) => {
      const descriptor = layers[index] as Descriptor;
      const { digest, size } = descriptor;
      return {
        diffId,
        blob: { digest, size, mediaType: descriptor.mediaType },
        source: () => layer(descriptor),
      };
    }),
  };
}
