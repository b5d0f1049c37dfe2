import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';
import { prefixed } from '../text.js';
import { configOfChanges } from './changes.js';
import type { ImageContext } from './services.js';
import { sourceOf } from './source.js';
import { longWork } from './work.js';

export interface ImportFlags {
  readonly change?: readonly string[];
  readonly message?: string;
  readonly platform?: string;
  readonly color?: boolean;
}

const ADVICE = {
  noTerminal: 'use a file, or a pipe',
  noDirectory: 'to run in it: --image dir:PATH; to pack it: tar -C PATH -c . | hotcell image import - NAME',
};

function checkFile(file: string): void {
  if (!/^https?:\/\//i.test(file)) return;
  throw usageError(`${quote(file)} is not fetched; use: curl -fL URL | hotcell image import -`);
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
  checkFile(file);
  const source = sourceOf(context.io, file, ADVICE);
  return await longWork(context, {
    ...{ work: 'import', to: 'stderr', plain: false, quiet: false, color, head: [] },
    act: async (images, options) => {
      const asked = { reference, config, comment: message, platform };
      return prefixed('', [await images.import(source(), { ...options, ...asked })]);
    },
  });
}
