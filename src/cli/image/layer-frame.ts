import type { Colors } from '../color.js';
import type { TerminalSize } from '../io/terminal.js';
import { bar } from '../view/bar.js';
import { clip, padded, widthOf } from '../view/width.js';
import { idCell } from './ids.js';
import type { LayerProgress } from './model.js';
import { PHASE_WORDS, type Work } from './phase-words.js';
import { sizeCell } from './size.js';

/** More lines than these cannot be followed, however tall the terminal is. */
const MAX_LINES = 24;
/** One that says how many are not shown, and one that is left for the cursor. */
const OTHER_LINES = 2;
/** Below this many columns there is no room for bars. */
const MIN_FOR_BARS = 60;
const MAX_BAR = 40;

const ID = 12;
const DOING = 14;
/** `12.4MB/31.2MB` */
const FIGURES = 15;

interface Look {
  /** Columns that may be used. */
  readonly width: number;
  readonly work: Work;
  readonly colors: Colors;
}

function figuresOf({ phase, current, total }: LayerProgress): string {
  if (phase === 'waiting') return total === null ? '' : sizeCell(total);
  if (total === null) return current === 0 ? '' : sizeCell(current);
  return `${sizeCell(Math.min(current, total))}/${sizeCell(total)}`;
}

const shareOf = ({ current, total }: LayerProgress): number | null =>
  total === null || total === 0 ? null : Math.min(1, current / total);

/** What has not begun has no bar. */
function barOf(layer: LayerProgress, columns: number): string {
  return layer.phase === 'waiting' ? ' '.repeat(columns) : bar(shareOf(layer), columns);
}

function layerLine(layer: LayerProgress, { width, work, colors }: Look): string {
  const id = idCell(layer.id, true);
  const { doing } = PHASE_WORDS[work][layer.phase];
  const figures = figuresOf(layer);
  if (width < MIN_FOR_BARS) return clip(`${id} ${doing} ${figures}`.trimEnd(), width);
  const columns = Math.min(MAX_BAR, width - ID - DOING - FIGURES - 3);
  const painted = colors.cyan(barOf(layer, columns));
  return `${padded(id, ID)} ${padded(doing, DOING)} ${painted} ${figures.padStart(FIGURES)}`.trimEnd();
}

/** Those that go on before those that wait; otherwise in the order of the layers. */
function inOrder(layers: readonly LayerProgress[]): LayerProgress[] {
  const waits = ({ phase }: LayerProgress): boolean => phase === 'waiting';
  return [...layers.filter((layer) => !waits(layer)), ...layers.filter(waits)];
}

/** The layers that are not done as lines, of which there are always fewer than the terminal has rows. */
export function layerFrame(
  layers: readonly LayerProgress[],
  { cols, rows }: TerminalSize,
  { work, colors }: Omit<Look, 'width'>,
): string[] {
  // Not the last column: many terminals would go to the next line after it.
  const look = { width: cols - 1, work, colors };
  const room = Math.max(0, Math.min(MAX_LINES, rows - OTHER_LINES));
  const shown = inOrder(layers).slice(0, room);
  const hidden = layers.length - shown.length;
  const more = hidden > 0 && room > 0 ? [colors.dim(clip(`… and ${hidden} more`, look.width))] : [];
  const lines = [...shown.map((layer) => layerLine(layer, look)), ...more];
  return lines.filter((line) => widthOf(line) <= look.width);
}
