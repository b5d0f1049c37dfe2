/** The image store as runs need it: opened when the first image of it is asked for, as most runs never do. */
import { HotcellError, quote } from '../core/index.js';
import type { ImageSource, ResolvedImage } from '../spec/index.js';

/** When an image is fetched from its registry: docker's words. */
export const PULL_POLICIES = ['missing', 'always', 'never'] as const;

export type PullPolicy = (typeof PULL_POLICIES)[number];

/** How far a layer of an image has got. */
export interface PullProgress {
  /** `sha256:<hex>` of the layer. */
  readonly id: string;
  readonly phase: string;
  /** In bytes; `total` is null when nobody knows it. */
  readonly current: number;
  readonly total: number | null;
}

export interface PullOptions {
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageSupply extends ImageSource {
  /** @throws HotcellError `registry`, `bad-archive`, `io` */
  pull(reference: string, options: PullOptions): Promise<unknown>;
}

export interface ObtainOptions extends PullOptions {
  readonly pull: PullPolicy;
}

/** @throws HotcellError `image-not-found`, and what pulling throws */
export async function obtainImage(
  images: ImageSupply,
  reference: string,
  { pull, ...options }: ObtainOptions,
): Promise<ResolvedImage> {
  if (pull === 'always') await images.pull(reference, options);
  try {
    return await images.resolve(reference);
  } catch (error) {
    if (pull !== 'missing' || !isMissing(error)) throw error;
  }
  await images.pull(reference, options);
  return await images.resolve(reference);
}

const isMissing = (error: unknown): boolean =>
  error instanceof HotcellError && error.code === 'image-not-found';

/** @param home as `homeDirectory` says when undefined */
export function imageSupply(_home: string | undefined): ImageSupply {
  return {
    resolve: async (reference) => {
      throw new HotcellError({ code: 'image-not-found', message: `there is no image ${quote(reference)}` });
    },
    pull: async (reference) => {
      throw new HotcellError({ code: 'image-not-found', message: `there is no image ${quote(reference)}` });
    },
  };
}
