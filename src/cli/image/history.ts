import { systemClock } from '../../core/index.js';
import { shortened } from '../listing/cells.js';
import { type Printer, printerOf, type RowKind, tableOf } from '../listing/format.js';
import { oneLine } from '../text.js';
import { idCell } from './ids.js';
import type { ImageStep } from './model.js';
import { createdCell, type Look, sinceCell } from './row.js';
import { type ImageContext, withImages } from './services.js';
import { sizeCell } from './size.js';

export interface HistoryFlags {
  readonly format?: string;
  readonly quiet?: boolean;
  /** `--no-trunc` */
  readonly trunc?: boolean;
  readonly color?: boolean;
}

const MAX_CREATED_BY = 45;

const TITLES = {
  Comment: 'COMMENT',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  CreatedSince: 'CREATED',
  ID: 'IMAGE',
  Size: 'SIZE',
} as const;

/** docker's word for a step whose image is not kept. */
const MISSING = '<missing>';

function rowOf(step: ImageStep, { now, truncates }: Look): Record<keyof typeof TITLES, string> {
  return {
    Comment: oneLine(step.comment),
    CreatedAt: createdCell(step.createdAt),
    CreatedBy: oneLine(shortened(step.createdBy.replaceAll('\t', ' '), MAX_CREATED_BY, truncates)),
    CreatedSince: sinceCell(step.createdAt, now),
    ID: step.id === null ? MISSING : idCell(step.id, truncates),
    Size: sizeCell(step.sizeBytes),
  };
}

const STEPS: RowKind<ImageStep, Look> = {
  rowOf,
  templateRow: rowOf,
  titles: () => TITLES,
  table: tableOf(['ID', 'CreatedSince', 'CreatedBy', 'Size', 'Comment']),
};

const printIds: Printer<ImageStep, Look> = (steps, look) =>
  steps.map((step) => `${rowOf(step, look).ID}\n`).join('');

/**
 * `hotcell image history`: the steps in which an image was made, the newest first.
 *
 * @returns the exit code
 * @throws HotcellError `invalid-usage`, `io`
 */
export async function historyCommand(
  flags: HistoryFlags,
  name: string,
  context: ImageContext,
): Promise<number> {
  const chosen = printerOf(STEPS, flags.format);
  const print = flags.quiet ? printIds : chosen;
  const now = (context.clock ?? systemClock).date();
  return await withImages(context, async (images) => {
    const steps = await images.history(name);
    await context.io.stdout.write(print(steps, { now, truncates: flags.trunc !== false }));
    return 0;
  });
}
