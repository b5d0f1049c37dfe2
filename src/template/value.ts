import { safeJson } from '../core/index.js';
/**
 * Values as a template sees them. A plain object has fields, and a name that it has not is a mistake; a Map is data by key, and a
 * key that it has not is an empty value. A function in an object is called where its field is used.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** What `if` and `with` go by: false are false, 0, nil and whatever is empty. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Map ? value.size > 0 : Boolean(value);
}

/** A map's keys in order, as Go's templates go through them. */
export function entriesOf(map: ReadonlyMap<unknown, unknown>): [string, unknown][] {
  const entries = [...map].map(([key, value]): [string, unknown] => [String(key), value]);
  return entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** The name of a value's kind, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a map';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Go's `%v`. */
export function textOf(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  if (value instanceof Map) return mapText(entriesOf(value));
  if (isFields(value)) return mapText(Object.entries(value));
  return typeof value === 'string' ? value : String(value as number | boolean | bigint);
}

function mapText(entries: readonly (readonly [string, unknown])[]): string {
  const shown = entries.filter(([, value]) => typeof value !== 'function');
  return `map[${shown.map(([key, value]) => `${key}:${textOf(value)}`).join(' ')}]`;
}

export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_, inner: unknown) =>
    inner instanceof Map ? Object.fromEntries(entriesOf(inner)) : inner,
  );
  return safeJson(text ?? 'null');
}
