/** All that is to be known of an image in one file: a run reads no more than that and the name. */
import * as z from 'zod';
import type { ImageConfig } from '../../spec/index.js';
import type { ConfigDocument } from '../manifest/index.js';
import { hexOf, isDigest } from '../reference/index.js';

const digest = z.string().refine(isDigest);
const size = z.int().min(0);
const texts = z.array(z.string());
/** Any keys: nothing is ever assigned by them. */
const map = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((item) => typeof item === 'string'),
);

const configSchema: z.ZodType<ImageConfig> = z.strictObject({
  entrypoint: texts,
  cmd: texts,
  env: map,
  workdir: z.string().nullable(),
  user: z.string().nullable(),
  labels: map,
  stopSignal: z.string().nullable(),
  volumes: texts,
  exposedPorts: texts,
});

const blob = { digest, size, mediaType: z.string() };

const layerSchema = z.strictObject({
  ...blob,
  diffId: digest,
  /** Of its files, unpacked. */
  bytes: size,
});

export const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Of the configuration. */
  id: digest,
  manifest: z.strictObject(blob),
  config: z.strictObject(blob),
  /** Lowest first. */
  layers: z.array(layerSchema).min(1),
  architecture: z.string(),
  os: z.string(),
  variant: z.string(),
  createdAt: z.string().nullable(),
  author: z.string(),
  comment: z.string(),
  run: configSchema,
  /** Oldest first. */
  history: z.array(
    z.strictObject({
      createdAt: z.string().nullable(),
      createdBy: z.string(),
      comment: z.string(),
      isEmpty: z.boolean(),
    }),
  ),
  passwd: z.string(),
  group: z.string(),
});

export type ImageRecord = z.output<typeof recordSchema>;
export type RecordLayer = z.output<typeof layerSchema>;
export type StoredBlob = Omit<RecordLayer, 'diffId' | 'bytes'>;

const NAME = /^([a-f0-9]{64})\.([a-f0-9]{64})$/;

/** One id may have several manifests: the same files in another compression. */
export const recordName = ({
  id,
  manifest,
}: Pick<ImageRecord, 'id'> & { manifest: { digest: string } }): string =>
  `${hexOf(id)}.${hexOf(manifest.digest)}`;

/** The digits of the id; null for what is no record's name. */
export const idHexOf = (name: string): string | null => NAME.exec(name)?.[1] ?? null;

/** What the configuration says, for a record. */
export function describedBy(
  document: ConfigDocument,
): Omit<ImageRecord, 'version' | 'id' | 'manifest' | 'config' | 'layers' | 'passwd' | 'group'> {
  const { diffIds: _, config, history, ...rest } = document;
  return { ...rest, run: config, history: [...history] };
}
