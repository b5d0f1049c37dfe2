import { wantsColor } from '../color.js';
import type { Io } from '../io/io.js';
import { jsonText } from '../json-text.js';
import type { DiffFlags } from './flags.js';

/** What changed from one report to another, as far as this command looks at it. */
export interface Differences {
  /** False when something does not pass any more, or something new does not. */
  readonly ok: boolean;
}

/** What the command needs of the engine, and no more. */
export interface DiffKit {
  diff(before: string, after: string): Promise<Differences>;
  diffText(diff: Differences, look: { readonly color: boolean; readonly columns: number }): string;
}

interface DiffServices {
  readonly io: Io;
  readonly loadKit: () => Promise<DiffKit>;
}

/** In a file or a pipe nothing is cut. */
const NO_END = Number.POSITIVE_INFINITY;

/**
 * `hotcell report diff BEFORE AFTER`.
 *
 * @returns 0, or 1 when something got worse
 * @throws HotcellError `invalid-spec` for a file that is no report, `io` for one that cannot be read
 */
export async function diffCommand(
  { json = false, color: flag = true }: DiffFlags,
  [before, after]: readonly [string, string],
  { io, loadKit }: DiffServices,
): Promise<number> {
  const kit = await loadKit();
  const diff = await kit.diff(before, after);
  const { env, stdoutIsTty, columns = NO_END } = io;
  const color = wantsColor({ env, flag, isTty: stdoutIsTty });
  const look = { color, columns: stdoutIsTty ? columns : NO_END };
  await io.stdout.write(json ? jsonText(diff, { indent: stdoutIsTty }) : kit.diffText(diff, look));
  return diff.ok ? 0 : 1;
}
