/** The configuration of an image. Source: OCI image-spec, config.md; docker's writers leave out or null what is empty. */
import * as z from 'zod';
import type { ImageConfig } from '../../spec/index.js';
import { badArchive } from '../compression/index.js';
import { MAX_LAYERS } from './documents.js';
import { readJson } from './read-json.js';
import { rawConfigSchema, runConfig } from './run-config.js';
import { digest, listOf, objectOf, optionalText } from './shapes.js';

/** What registries and runtimes take is about as much. */
export const MAX_CONFIG_BYTES: number = 8 * 1024 ** 2;

export interface HistoryStep {
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly createdBy: string;
  readonly comment: string;
  /** Whether it made no layer. */
  readonly isEmpty: boolean;
}

export interface ConfigDocument {
  readonly architecture: string;
  readonly os: string;
  readonly variant: string;
  readonly createdAt: string | null;
  readonly author: string;
  readonly comment: string;
  /** Lowest layer first. */
  readonly diffIds: readonly string[];
  readonly config: ImageConfig;
  /** Oldest first. */
  readonly history: readonly HistoryStep[];
}

/** Such as 2024-05-22T18:18:12.052034407Z; other texts say nothing. */
const timeSchema = optionalText.transform((text) => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
});

const stepSchema = objectOf({
  created: timeSchema,
  created_by: optionalText,
  comment: optionalText,
  empty_layer: z.boolean('must be true or false').nullish(),
}).transform(
  ({ created, created_by, comment, empty_layer }): HistoryStep => ({
    createdAt: created,
    createdBy: created_by,
    comment,
    isEmpty: empty_layer ?? false,
  }),
);

const documentSchema = objectOf({
  architecture: optionalText,
  os: optionalText,
  variant: optionalText,
  created: timeSchema,
  author: optionalText,
  comment: optionalText,
  config: rawConfigSchema.nullish(),
  rootfs: objectOf({ diff_ids: listOf(digest) }).nullish(),
  history: listOf(stepSchema),
});

type Document = z.output<typeof documentSchema>;

function settled({ config, rootfs, created, ...document }: Document, what: string): ConfigDocument {
  const diffIds = rootfs?.diff_ids ?? [];
  if (diffIds.length === 0) throw badArchive(`${what} has no layers`);
  if (diffIds.length > MAX_LAYERS)
    throw badArchive(`${what} has ${diffIds.length} layers; at most ${MAX_LAYERS}`);
  return { ...document, createdAt: created, diffIds, config: runConfig(config ?? null, what) };
}

/**
 * @param what names it in messages: `the configuration sha256:…`
 * @throws HotcellError `bad-archive`
 */
export function readConfig(bytes: Uint8Array, what: string): ConfigDocument {
  if (bytes.byteLength > MAX_CONFIG_BYTES) {
    throw badArchive(`${what} has ${bytes.byteLength} bytes; at most ${MAX_CONFIG_BYTES}`);
  }
  return settled(readJson(bytes, documentSchema, what), what);
}
