import { type ImageContext, withImages } from './services.js';

/** `hotcell image tag`: gives an image another name. @returns the exit code */
export async function tagCommand(source: string, target: string, context: ImageContext): Promise<number> {
  return await withImages(context, async (images) => {
    await images.tag(source, target);
    return 0;
  });
}
