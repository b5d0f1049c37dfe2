import { prefixed } from '../text.js';
import type { LoadedImage } from './model.js';
import type { ImageContext } from './services.js';
import { sourceOf } from './source.js';
import { longWork } from './work.js';

export interface LoadFlags {
  readonly input?: string;
  readonly platform?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

function report(loaded: readonly LoadedImage[]): string {
  const lines = loaded.flatMap(({ id, tags }) =>
    tags.length === 0 ? [`Loaded image ID: ${id}`] : tags.map((tag) => `Loaded image: ${tag}`),
  );
  return prefixed('', lines);
}

/** `hotcell image load`: images from an archive that holds them with their names. @returns the exit code */
export async function loadCommand(
  { input = '-', platform, quiet = false, color = true }: LoadFlags,
  context: ImageContext,
): Promise<number> {
  const source = sourceOf(context.io, input, { noTerminal: 'use --input FILE, or a pipe' });
  return await longWork(context, {
    ...{ work: 'load', to: 'stdout', plain: false, quiet, color, head: [] },
    act: async (images, options) => {
      const loaded = await images.load(source(), { ...options, platform });
      return quiet ? prefixed('', [...new Set(loaded.map(({ id }) => id))]) : report(loaded);
    },
  });
}
