import { invalidSpec } from './errors.js';
import { quote } from './show.js';

const KIB = 1024;
const KB = 1000;

/**
 * Bytes in one of each unit, by its lower-case name. A single letter is a power of 1024, as in docker's flags;
 * with "b" it is the SI power of 1000, with "ib" the IEC power of 1024. (docker reads "kb" as 1024 too; we follow
 * the standard, so that 10MB is the same here as on the box of a disk.)
 */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, index): [string, number][] => [
    [letter, KIB ** (index + 1)],
    [`${letter}ib`, KIB ** (index + 1)],
    [`${letter}b`, KB ** (index + 1)],
  ]),
]);

const SIZE = /^(\d{1,16}(?:\.\d{1,9})?) ?([a-z]{0,3})$/i;

/** What a size may look like, for messages. */
const SIZE_FORMS = 'whole bytes or a number with k, m, g, t (×1024), KiB…TiB or KB…TB, such as "64MiB"';

const invalid = (text: string, why: string): Error => invalidSpec(`${quote(text)} ${why}`);

/**
 * Bytes from text: `4096`, `64k`, `64MiB`, `1.5GiB`, `10MB` (10,000,000). Units ignore case; a fraction of a byte is
 * cut off.
 *
 * @throws HotcellError `invalid-spec` for any other form, for zero, and above 2^53 − 1.
 */
export function parseBytes(text: string): number {
  const [, number, unit] = SIZE.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS.get(unit.toLowerCase());
  if (number === undefined || factor === undefined) throw invalid(text, `is not a size; use ${SIZE_FORMS}`);
  const bytes = Math.floor(Number(number) * factor);
  if (bytes === 0) throw invalid(text, 'is zero; a size must be at least 1 byte');
  if (!Number.isSafeInteger(bytes)) throw invalid(text, 'is too large; a size must be below 8192TiB');
  return bytes;
}

/** Bytes for people, in a form that {@link parseBytes} reads back: `64MiB`, `1.5GiB`, `396KiB`, `17B`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return `${bytes}B`;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let index = 0;
  // Compared after rounding, so that a value just below the next unit is written as 1 of that unit.
  while (index < units.length - 1 && Number(Math.abs(value).toFixed(2)) >= KIB) {
    value /= KIB;
    index++;
  }
  return `${Number(value.toFixed(2))}${units[index]}`;
}
