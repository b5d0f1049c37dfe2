import { prefixed } from '../text.js';
import { pushHead, tagOf } from './names.js';
import type { ImageContext } from './services.js';
import { longWork } from './work.js';

export interface PushFlags {
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** `hotcell image push`: gives an image to the registry that its name begins with. @returns the exit code */
export async function pushCommand(
  { quiet = false, color = true }: PushFlags,
  name: string,
  context: ImageContext,
): Promise<number> {
  return await longWork(context, {
    ...{ work: 'push', to: 'stdout', plain: true, quiet, color, head: pushHead(name) },
    act: async (images, options) => {
      const { digest, sizeBytes } = await images.push(name, options);
      return prefixed('', [quiet ? digest : `${tagOf(name)}: digest: ${digest} size: ${sizeBytes}`]);
    },
  });
}
