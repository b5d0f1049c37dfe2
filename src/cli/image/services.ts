import { type Clock, type ErrorCode, HotcellError } from '../../core/index.js';
import type { Io } from '../io/io.js';
import { complain, complaintOf } from '../listing/each.js';
import { USAGE } from '../run/exit-code.js';
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

/** What is wrong with images, and not with Hotcell; docker exits with 1 for these. What cannot mean an image is as a wrong flag. */
const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  'bad-archive': 1,
  'image-not-found': 1,
  'image-in-use': 1,
  registry: 1,
  'invalid-spec': USAGE,
};

/**
 * Opens the images for `act`, and closes them.
 *
 * @returns the exit code of `act`, or that of what it asked for and cannot have, which is said on standard error
 */
export async function withImages(
  { io, openImages, where }: ImageContext,
  act: (images: Images) => Promise<number>,
): Promise<number> {
  const images = await openImages();
  try {
    return await act(images);
  } catch (error) {
    const exitCode = error instanceof HotcellError ? EXIT_CODES[error.code] : undefined;
    if (!(error instanceof HotcellError) || exitCode === undefined) throw error;
    await complain(io, where, complaintOf(error));
    return exitCode;
  } finally {
    await images.close();
  }
}
