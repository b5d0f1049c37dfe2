import { resolve } from 'node:path';
import { usageError } from '../run/values.js';
import { savedFile } from './saved-file.js';
import type { ImageContext } from './services.js';
import { longWork } from './work.js';

export interface SaveFlags {
  readonly output?: string;
  readonly color?: boolean;
}

/**
 * `hotcell image save`: an archive with images and their names, which docker, podman and skopeo read as well.
 *
 * @returns the exit code
 * @throws HotcellError `invalid-usage` when it would go to a terminal, `io`
 */
export async function saveCommand(
  { output, color = true }: SaveFlags,
  names: readonly string[],
  context: ImageContext,
): Promise<number> {
  const { io } = context;
  const toFile = output !== undefined && output !== '-';
  if (!toFile && io.stdoutIsTty) {
    throw usageError('an archive is not written to a terminal; use --output FILE, or a pipe');
  }
  return await longWork(context, {
    ...{ work: 'save', to: 'stderr', plain: false, quiet: false, color, head: [] },
    act: async (images, options) => {
      if (!toFile) await images.save(names, (chunk) => io.stdout.write(chunk), options);
      else await savedFile(resolve(io.cwd, output), (write) => images.save(names, write, options));
      return '';
    },
  });
}
