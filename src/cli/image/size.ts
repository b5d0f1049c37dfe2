const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Three digits in powers of 1000, as docker shows sizes: `7.34MB`, `124MB`, `0B`. */
export function sizeCell(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Compared after rounding, so that 999,999 is 1MB and not 1e+3kB.
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${UNITS[unit]}`;
}
