import { HotcellError } from '../../core/index.js';
import type { Suite } from '../../spec/index.js';
import { type ImageFinder, type Obtain, obtainImage } from '../obtain-image.js';
import type { Selection } from './engine.js';
import type { TestKit } from './kit.js';

export interface Wanted {
  readonly kit: TestKit;
  readonly suites: readonly Suite[];
  readonly selection: Selection;
}

/**
 * The suites with the images that their references mean now, fetched first where that was asked for.
 *
 * @throws HotcellError `invalid-spec` that names the places of images that are not there, and what fetching throws
 */
export async function withImages(
  { kit, suites, selection }: Wanted,
  how: Obtain,
  finder: ImageFinder,
): Promise<readonly Suite[]> {
  try {
    return await kit.pinImages(suites, selection, (reference) => obtainImage(reference, how, finder));
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'image-not-found') throw error;
    const { message, hint } = error;
    throw new HotcellError({ code: 'invalid-spec', message, hint, cause: error });
  }
}
