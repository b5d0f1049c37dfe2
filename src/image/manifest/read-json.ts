import type * as z from 'zod';
import { quote, show } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import { ambiguousKey } from './json-keys.js';

const MAX_PLACE = 80;

/** `manifests[0].digest` */
function placeOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '').slice(0, MAX_PLACE);
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    document,
  );
}

function parseText(bytes: Uint8Array, what: string): unknown {
  let text: string;
  let document: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    document = JSON.parse(text);
  } catch (error) {
    throw badArchive(`${what} is no JSON: ${(error as Error).message.slice(0, MAX_PLACE)}`, { cause: error });
  }
  const twice = ambiguousKey(text);
  if (twice !== null) throw badArchive(`${what} has the key ${quote(twice)} twice`);
  return document;
}

/** @throws HotcellError `bad-archive` with the first thing that is wrong and its place */
export function checked<Schema extends z.ZodType>(
  document: unknown,
  schema: Schema,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const place = path.length === 0 ? '' : ` at ${quote(placeOf(path))}`;
  throw badArchive(`${what} is not valid${place}: ${issue?.message}, not ${show(valueAt(document, path))}`);
}

/**
 * @param what names the document in messages: `the manifest sha256:…`
 * @throws HotcellError `bad-archive`
 */
export function readJson<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  what: string,
): z.output<Schema> {
  return checked(parseText(bytes, what), schema, what);
}
