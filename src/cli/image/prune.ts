import { systemClock } from '../../core/index.js';
import { usageError } from '../run/values.js';
import { prefixed } from '../text.js';
import { confirm } from './confirm.js';
import { parsePruneFilters } from './filter.js';
import { allEntries, finder } from './ls.js';
import type { Images, PrunedImages } from './model.js';
import { type ImageContext, withImages } from './services.js';
import { sizeCell } from './size.js';

export interface PruneFlags {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly filter?: readonly string[];
  readonly color?: boolean;
}

const WARNINGS = {
  dangling: 'WARNING! This will remove all images without a name.',
  all: 'WARNING! This will remove all images that no run uses, also those with a name.',
} as const;

function report({ untagged, deleted, freedBytes }: PrunedImages): string {
  const lines = prefixed('untagged: ', untagged) + prefixed('deleted: ', deleted);
  const head = lines === '' ? '' : `Deleted Images:\n${lines}\n`;
  return `${head}Total reclaimed space: ${sizeCell(freedBytes)}\n`;
}

/**
 * `hotcell image prune`: removes images that nothing needs, after it was told so.
 *
 * @returns the exit code: 1 when nobody agreed
 * @throws HotcellError `invalid-usage`, `io`
 */
export async function pruneCommand(
  { all = false, force = false, filter: wanted = [] }: PruneFlags,
  context: ImageContext,
): Promise<number> {
  const { io } = context;
  const filter = parsePruneFilters(wanted, (context.clock ?? systemClock).date());
  if (!force) {
    const answer = await confirm(io, all ? WARNINGS.all : WARNINGS.dangling);
    if (answer === 'nobody')
      throw usageError('nobody is there to answer; use --force to prune without asking');
    if (answer === 'no') return 1;
  }
  const only = async (images: Images): Promise<Set<string> | undefined> => {
    if (filter.keys.size === 0) return undefined;
    const fitting = await filter.apply(await allEntries(images), finder(images));
    return new Set(fitting.map(({ image }) => image.id));
  };
  return await withImages(context, async (images) => {
    await io.stdout.write(report(await images.prune({ all, only: await only(images) })));
    return 0;
  });
}
