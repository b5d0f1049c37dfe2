import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';
import { prefixed } from '../text.js';
import { configOfChanges } from './changes.js';
import type { ArchiveSource } from './model.js';
import type { ImageContext } from './services.js';
import { fileSource, isDirectory, standardInput } from './source.js';
import { longWork } from './work.js';

export interface ImportFlags {
  readonly change?: readonly string[];
  readonly message?: string;
  readonly platform?: string;
  readonly color?: boolean;
}

function sourceOf(file: string, { io }: ImageContext): ArchiveSource {
  if (file === '-') return standardInput(io, 'use a file, or a pipe');
  if (/^https?:\/\//i.test(file)) {
    throw usageError(`${quote(file)} is not fetched; use: curl -fL URL | hotcell image import -`);
  }
  const source = fileSource(io, file);
  if ('path' in source && isDirectory(source.path)) {
    const instead = 'use --image dir:PATH to run in it, or: tar -C PATH -c . | hotcell image import -';
    throw usageError(`${quote(file)} is a directory; ${instead}`);
  }
  return source;
}

/**
 * `hotcell image import`: an image from the tar file of a root file system. Its id is printed.
 *
 * @returns the exit code
 * @throws HotcellError `invalid-usage`
 */
export async function importCommand(
  { change = [], message = '', platform, color = true }: ImportFlags,
  [file, reference]: readonly [file: string, reference: string | undefined],
  context: ImageContext,
): Promise<number> {
  const config = configOfChanges(change);
  const source = sourceOf(file, context);
  return await longWork(context, {
    ...{ work: 'import', to: 'stderr', plain: false, quiet: false, color, head: [] },
    act: async (images, options) => {
      const id = await images.import(source, { ...options, reference, config, comment: message, platform });
      return prefixed('', [id]);
    },
  });
}
