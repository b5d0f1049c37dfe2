/** An image that is to be added: what it consists of, and where that comes from. */
import type { BlobName, ConfigDocument } from '../manifest/index.js';
import type { Reference } from '../reference/index.js';
import type { LayerSource } from './work.js';

export interface LayerPart {
  readonly diffId: string;
  /** As the manifest has it; null when there is none, and the layer may be kept as it comes. */
  readonly blob: (BlobName & { readonly mediaType: string }) | null;
  /** Asked for only when the store has it not. */
  readonly source: () => Promise<LayerSource>;
}

export interface ImageParts {
  readonly names: readonly Reference[];
  /** Checked. Null when it came without one. */
  readonly manifest: {
    readonly bytes: Uint8Array;
    readonly digest: string;
    readonly mediaType: string;
  } | null;
  /** Checked. */
  readonly config: { readonly bytes: Uint8Array; readonly digest: string; readonly mediaType: string };
  readonly document: ConfigDocument;
  /** As many as the document has diff ids. */
  readonly layers: readonly LayerPart[];
}

/** How far something with a layer has got. */
export interface StoreProgress {
  /** Of the layer, `sha256:<hex>`. */
  readonly id: string;
  readonly phase: 'waiting' | 'downloading' | 'verifying' | 'unpacking' | 'exists' | 'done' | 'pushing';
  /** In bytes; `total` is null when nobody knows it. */
  readonly current: number;
  readonly total: number | null;
}

export interface WorkOptions {
  readonly onProgress?: ((progress: StoreProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Layers at a time; four unless said otherwise. */
  readonly parallel?: number | undefined;
}
