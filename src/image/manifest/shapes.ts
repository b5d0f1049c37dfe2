/** Go's writers give null for what is empty; whoever reads must take it, and keys that are unknown. */
import * as z from 'zod';
import { formatBytes } from '../../core/index.js';
import { isDigest } from '../reference/index.js';

/** More than any image has; the documents' sizes are bounded besides. */
const MAX_ITEMS = 10_000;
/** As much as a layer may be when it is unpacked. */
const MAX_BLOB_BYTES = 64 * 1024 ** 3;

export const digest = z.string('must be a digest').refine(isDigest, 'must be "sha256:" and 64 hex digits');

/** Bytes. */
export const size = z
  .int('must be a number of bytes')
  .min(0, 'must not be negative')
  .max(MAX_BLOB_BYTES, `must be at most ${formatBytes(MAX_BLOB_BYTES)}`);

export const text = z.string('must be text');

export const optionalText = text.nullish().transform((value) => value ?? '');

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item, 'must be a list')
    .max(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`)
    .nullish()
    .transform((items) => items ?? []);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const record = z.custom<Readonly<Record<string, unknown>>>(isRecord, 'must be an object');

/** The keys of what Go has as a set: `{"/data": {}}`. */
export const keySet = record.nullish().transform((value) => Object.keys(value ?? {}));

/** Any keys, `__proto__` like others: they are never assigned. */
export const textMap = record.nullish().transform((value, context): Readonly<Record<string, string>> => {
  const entries = Object.entries(value ?? {}).map(([key, item]): [string, string] => {
    if (typeof item !== 'string' && item !== null) {
      context.addIssue({ code: 'custom', message: 'must be text', path: [key] });
    }
    return [key, typeof item === 'string' ? item : ''];
  });
  return Object.fromEntries(entries);
});

/** What has `schema`'s keys, and any others. */
export const objectOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, 'must be an object');
