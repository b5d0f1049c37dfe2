/** What is done with a layer by whoever has the processor time for it; plain data, for it goes to another thread. */
import type { UnpackReport } from '../archive/index.js';
import type { RegistryOptions, RegistryReference } from '../registry/index.js';

/** Where the bytes of a layer come from. */
export type LayerSource =
  /** So many bytes of an open file. */
  | { readonly kind: 'file'; readonly fd: number; readonly offset: number; readonly size: number }
  | {
      readonly kind: 'registry';
      readonly options: Omit<RegistryOptions, 'onProgress' | 'signal'>;
      readonly reference: RegistryReference;
      readonly digest: string;
      readonly size: number;
    };

export interface LayerJob {
  /** Names it in messages. */
  readonly what: string;
  readonly source: LayerSource;
  /** What the bytes must be; null when nobody has said so. */
  readonly blob: { readonly digest: string; readonly size: number } | null;
  /** What they must be unpacked; null when nobody has said so. */
  readonly diffId: string | null;
  /** Absolute; a file for the bytes that is to be made; null when they are there already. */
  readonly blobPath: string | null;
  /** Absolute; an empty directory for the layer's files; null when they are there already. */
  readonly treePath: string | null;
}

export interface LayerDone {
  readonly blob: { readonly digest: string; readonly size: number; readonly mediaType: string };
  readonly diffId: string;
  /** Null when nothing was unpacked. */
  readonly report: UnpackReport | null;
}

export interface LayerProgress {
  readonly phase: 'downloading' | 'verifying' | 'unpacking';
  /** Bytes of the source so far. */
  readonly current: number;
}

export interface LayerWorkOptions {
  readonly onProgress: (progress: LayerProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** @throws HotcellError `bad-archive`, `registry`, `io`; the signal's reason */
export type PerformLayer = (job: LayerJob, options: LayerWorkOptions) => Promise<LayerDone>;
