/** The image store as runs need it: opened when the first image of it is asked for, as most runs never do. */
import { HotcellError, nearest } from '../core/index.js';
import type { ImageSource } from '../spec/index.js';

async function open(home: string | undefined): Promise<ImageSource> {
  // Not by way of the index, which brings everything that images are made with.
  const { ImageResolver } = await import('../image/store/resolver.js');
  const { homeDirectory } = await import('../store/home.js');
  return new ImageResolver(home ?? homeDirectory());
}

/** The store does not know the word for the image that is not one of its own. */
function withHost(error: unknown, reference: string): unknown {
  if (!(error instanceof HotcellError) || error.code !== 'image-not-found') return error;
  const meant = error.message.includes('did you mean') ? undefined : nearest(reference, ['host']);
  if (meant === undefined) return error;
  const { code, message, hint } = error;
  return new HotcellError({ code, message: `${message}; did you mean "${meant}"?`, hint, cause: error });
}

/** @param home as `homeDirectory` says when undefined */
export function imageSource(home: string | undefined): ImageSource {
  let opened: Promise<ImageSource> | undefined;
  return {
    resolve: async (reference) => {
      opened ??= open(home);
      const images = await opened;
      try {
        return await images.resolve(reference);
      } catch (error) {
        throw withHost(error, reference);
      }
    },
  };
}
