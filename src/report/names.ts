import { HotcellError, nearest, quote } from '../core/index.js';
import { identitiesOf } from './place.js';

export const REPORTER_NAMES = [
  'summary',
  'json',
  'jsonl',
  'junit',
  'tap',
  'ctrf',
  'meta',
  'csv',
  'html',
] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];

export interface ReporterSpec {
  readonly name: ReporterName;
  /** As it was written; for `meta` a directory. Null is standard output. */
  readonly file: string | null;
}

const invalidUsage = (message: string): HotcellError => new HotcellError({ code: 'invalid-usage', message });

const isReporterName = (name: string): name is ReporterName =>
  (REPORTER_NAMES as readonly string[]).includes(name);

/** @throws HotcellError `invalid-usage` with the nearest right name */
export function checkedName(name: string): ReporterName {
  if (isReporterName(name)) return name;
  const close = nearest(name, REPORTER_NAMES);
  const hint = close === undefined ? '' : `; did you mean "${close}"?`;
  throw invalidUsage(`reporter ${quote(name)} is unknown${hint} (known are ${REPORTER_NAMES.join(', ')})`);
}

function checkFile(name: ReporterName, file: string | null): void {
  if (name === 'meta' && file === null)
    throw invalidUsage('reporter "meta" writes many files: name their directory, as in meta=DIR');
  if (file?.includes('\0') === true) throw invalidUsage(`${quote(file)} contains a NUL character`);
}

/**
 * A reporter as it is named on a command line: `junit`, `junit=out.xml`; `-` is standard output, too.
 *
 * @throws HotcellError `invalid-usage`
 */
export function parseReporterSpec(text: string): ReporterSpec {
  const at = text.indexOf('=');
  const name = checkedName(at < 0 ? text : text.slice(0, at));
  const path = at < 0 ? '-' : text.slice(at + 1);
  if (path === '') throw invalidUsage(`${quote(text)} names no file after "="; write ${name}=FILE`);
  const file = path === '-' ? null : path;
  checkFile(name, file);
  return { name, file };
}

const STANDARD_OUTPUT = 'standard output';

/**
 * Several of them, none of which may get in another's way, whichever links lead to its file.
 *
 * @throws HotcellError `invalid-usage` when two write to one file, or two to standard output
 */
export function parseReporterSpecs(texts: readonly string[]): ReporterSpec[] {
  const taken = new Map<string, string>();
  return texts.map((text) => {
    const spec = parseReporterSpec(text);
    const places = spec.file === null ? [STANDARD_OUTPUT] : identitiesOf(spec.file);
    const other = places.map((place) => taken.get(place)).find((found) => found !== undefined);
    if (other !== undefined) {
      const where = spec.file === null ? STANDARD_OUTPUT : quote(spec.file);
      throw invalidUsage(`reporters ${quote(other)} and ${quote(text)} would both write to ${where}`);
    }
    for (const place of places) taken.set(place, text);
    return spec;
  });
}
