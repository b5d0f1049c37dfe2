import { forEachNamed } from '../listing/each.js';
import { prefixed } from '../text.js';
import { type ImageContext, withImages } from './services.js';

export interface RmFlags {
  readonly force?: boolean;
  readonly color?: boolean;
}

/**
 * `hotcell image rm`: takes names away, and removes images that have none left.
 *
 * @returns the exit code: 1 when not all could be removed
 * @throws HotcellError `io`
 */
export async function rmCommand(
  { force = false }: RmFlags,
  names: readonly string[],
  context: ImageContext,
): Promise<number> {
  const { io, where } = context;
  return await withImages(context, async (images) =>
    forEachNamed(names, io, {
      command: where,
      act: async (name) => {
        const { untagged, deleted } = await images.remove(name, { force });
        await io.stdout.write(prefixed('Untagged: ', untagged) + prefixed('Deleted: ', deleted));
      },
    }),
  );
}
