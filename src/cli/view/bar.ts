import type { Colors } from '../color.js';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share from 0 to 1 as `columns` columns, to an eighth of one; more than all is all, and null is not known. */
export function bar(share: number | null, columns: number): string {
  if (share === null || Number.isNaN(share)) return '·'.repeat(columns);
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const text = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return text.padEnd(columns);
}

/** What is near its limit is to catch the eye. */
const NEAR = 0.7;
const VERY_NEAR = 0.9;

export function paintOf(share: number | null, colors: Colors): (text: string) => string {
  if (share === null || Number.isNaN(share)) return colors.dim;
  if (share >= VERY_NEAR) return colors.red;
  return share >= NEAR ? colors.yellow : colors.green;
}
