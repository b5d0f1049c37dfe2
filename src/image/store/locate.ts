/** What a user means by a reference: a name, an id, or the beginning of an id; docker looks in the same order. */
import { HotcellError, nearest, quote } from '../../core/index.js';
import { familiar, idPrefixOf, parseReference, type Reference } from '../reference/index.js';
import type { Names } from './names.js';
import { idHexOf } from './record.js';
import type { Records } from './records.js';

export interface Located {
  readonly record: string;
  /** The name that it was found by; null for an id. */
  readonly name: Reference | null;
}

const FULL = 64;

/** More names than these are not compared for a better one. */
const MOST_COMPARED = 1000;

function byId(prefix: string, text: string, records: Records): Located | null {
  const found = records.withId(prefix);
  const [first] = found;
  if (first === undefined) return null;
  const ids = new Set(found.map(idHexOf));
  if (ids.size === 1) return { record: first, name: null };
  const shown = [...ids].slice(0, 4).map((id) => id?.slice(0, 12));
  throw new HotcellError({
    code: 'image-not-found',
    message: `${quote(text)} is the beginning of ${ids.size} images: ${shown.join(', ')}${ids.size > 4 ? ', …' : ''}`,
    hint: 'use more digits of the id, or a name',
  });
}

function notFound(text: string, names: Names): HotcellError {
  const known = names
    .list()
    .slice(0, MOST_COMPARED)
    .map(({ reference }) => familiar(reference));
  const meant =
    nearest(text, known) ??
    nearest(
      text,
      known.map((name) => name.replace(/:latest$/, '')),
    );
  return new HotcellError({
    code: 'image-not-found',
    message: `there is no image ${quote(text, 200)}${meant === undefined ? '' : `; did you mean ${quote(meant, 200)}?`}`,
    hint: 'see "hotcell image ls"; get it with "hotcell image pull", or "hotcell image load -i FILE"',
  });
}

/** Ids are written so, and whoever makes an archive may give its image such a name. */
const SHORT_ID = 12;

const ambiguous = (text: string): HotcellError =>
  new HotcellError({
    code: 'image-not-found',
    message: `${quote(text)} is the name of one image and the beginning of another's id`,
    hint: `use "sha256:${text}" for the id, or "${text}:latest" for the name`,
  });

/** A name, unless it can only be an id. */
function nameOf(text: string): Reference | null {
  try {
    return parseReference(text);
  } catch (error) {
    if (idPrefixOf(text) !== null) return null;
    throw error;
  }
}

/**
 * @throws HotcellError `image-not-found` with the nearest name that there is, `invalid-spec` for what can be neither name nor
 *   id, `io`
 */
export function locate(
  text: string,
  { names, records }: { readonly names: Names; readonly records: Records },
): Located {
  const prefix = idPrefixOf(text);
  if (prefix?.length === FULL) {
    const found = byId(prefix, text, records);
    if (found !== null) return found;
  }
  const name = nameOf(text);
  const record = name === null ? null : names.recordOf(name);
  const found = prefix === null ? null : byId(prefix, text, records);
  if (record !== null && records.has(record)) {
    if (found !== null && text.length >= SHORT_ID && idHexOf(found.record) !== idHexOf(record))
      throw ambiguous(text);
    return { record, name };
  }
  if (found === null) throw notFound(text, names);
  return found;
}
