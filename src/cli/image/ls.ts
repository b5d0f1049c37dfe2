import { systemClock } from '../../core/index.js';
import { type Printer, printerOf, tableOf } from '../listing/format.js';
import { parseListFilters } from './filter.js';
import { idCell } from './ids.js';
import type { Images, ListedImage } from './model.js';
import { type Entry, entriesOf, type Look, rowOf, templateRow, templateTitles } from './row.js';
import { type ImageContext, withImages } from './services.js';

export interface LsFlags {
  readonly all?: boolean;
  readonly digests?: boolean;
  readonly filter?: readonly string[];
  readonly format?: string;
  readonly quiet?: boolean;
  /** `--no-trunc` */
  readonly trunc?: boolean;
  readonly color?: boolean;
}

function printer({ digests, format }: LsFlags): Printer<Entry, Look> {
  const columns = ['Repository', 'Tag', ...(digests ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'];
  const table = tableOf(columns);
  return printerOf({ rowOf, templateRow, titles: templateTitles, table }, format);
}

/** Each once, though an image with two names has two lines: they are to be given to another command. */
const printIds: Printer<Entry, Look> = (entries, { truncates }) =>
  [...new Set(entries.map(({ image }) => `${idCell(image.id, truncates)}\n`))].join('');

function newestFirst(a: ListedImage, b: ListedImage): number {
  return (b.createdAt ?? '').localeCompare(a.createdAt ?? '') || (a.id < b.id ? -1 : 1);
}

export async function allEntries(images: Images): Promise<Entry[]> {
  return [...(await images.list())].sort(newestFirst).flatMap(entriesOf);
}

/** The image that a filter is about. */
export const finder =
  (images: Images) =>
  async (reference: string): Promise<Entry> => {
    const image = await images.inspect(reference);
    return { image, repository: '', tag: '', digest: '' };
  };

/**
 * `hotcell image ls`: a line for each name of each image, the newest first.
 *
 * @param name a name with or without tag, which may be a pattern; all of them unless given
 * @returns the exit code
 * @throws HotcellError `invalid-usage`, `io`
 */
export async function lsCommand(
  flags: LsFlags,
  name: string | undefined,
  context: ImageContext,
): Promise<number> {
  const now = (context.clock ?? systemClock).date();
  const wanted = [...(flags.filter ?? []), ...(name === undefined ? [] : [`reference=${name}`])];
  const filter = parseListFilters(wanted, now);
  const chosen = printer(flags);
  const print = flags.quiet ? printIds : chosen;
  return await withImages(context, async (images) => {
    const shown = await filter.apply(await allEntries(images), finder(images));
    await context.io.stdout.write(print(shown, { now, truncates: flags.trunc !== false }));
    return 0;
  });
}
