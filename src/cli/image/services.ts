import { type Clock, type ErrorCode, HotcellError } from '../../core/index.js';
import type { Io } from '../io/io.js';
import { complain, complaintOf } from '../listing/each.js';
import type { Images } from './model.js';

/** What the commands about images stand on. */
export interface ImageServices {
  readonly io: Io;
  readonly openImages: () => Promise<Images>;
  /** The system's unless said otherwise. */
  readonly clock?: Clock | undefined;
}

/** The same for one command, which has more than one name. */
export interface ImageContext extends ImageServices {
  /** How it was called: `image ls`, or `images`. */
  readonly where: string;
}

/** What is wrong with images, and not with Hotcell; docker exits with 1 for these. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-archive',
  'image-not-found',
  'image-in-use',
  'registry',
]);

/**
 * Opens the images for `act`, and closes them.
 *
 * @returns the exit code of `act`, or 1 when what it asked for cannot be had, which is said on standard error
 */
export async function withImages(
  { io, openImages, where }: ImageContext,
  act: (images: Images) => Promise<number>,
): Promise<number> {
  const images = await openImages();
  try {
    return await act(images);
  } catch (error) {
    if (!(error instanceof HotcellError) || !ANSWERS.has(error.code)) throw error;
    await complain(io, where, complaintOf(error));
    return 1;
  } finally {
    await images.close();
  }
}
