import { oneLine, prefixed } from '../text.js';
import type { PulledImage } from './model.js';
import { pullHead, withTag } from './names.js';
import type { ImageContext } from './services.js';
import { longWork } from './work.js';

export interface PullFlags {
  readonly quiet?: boolean;
  readonly platform?: string;
  readonly color?: boolean;
}

function report(name: string, { digest, isNew, reference }: PulledImage): string {
  const status = isNew ? 'Downloaded newer image for' : 'Image is up to date for';
  return prefixed('', [`Digest: ${digest}`, `Status: ${status} ${withTag(name)}`, reference]);
}

/** `hotcell image pull`: gets an image from a registry. @returns the exit code */
export async function pullCommand(
  { quiet = false, platform, color = true }: PullFlags,
  name: string,
  context: ImageContext,
): Promise<number> {
  return await longWork(context, {
    ...{ work: 'pull', to: 'stdout', plain: true, quiet, color, head: pullHead(name) },
    act: async (images, options) => {
      const pulled = await images.pull(name, { ...options, platform });
      return quiet ? `${oneLine(pulled.id)}\n` : report(name, pulled);
    },
  });
}
