import stringWidth from 'string-width';

const GAP = 3;
const MIN_CELL = 10;

/** Lines of cells as columns, each as wide as its widest cell and what docker's tables leave between. */
export function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    for (const [index, cell] of line.entries()) {
      widths[index] = Math.max(widths[index] ?? MIN_CELL, stringWidth(cell) + GAP);
    }
  }
  const padded = (cell: string, index: number): string =>
    cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));
  const aligned = lines.map((line) =>
    line.map((cell, index) => (index === line.length - 1 ? cell : padded(cell, index))).join(''),
  );
  return aligned.map((line) => `${line.trimEnd()}\n`).join('');
}
