/** What is shown of images. */
import type { ImageConfig } from '../../spec/index.js';
import { familiar } from '../reference/index.js';
import type { ImageName } from './names.js';
import type { ImageRecord } from './record.js';

export interface ListedImage {
  readonly id: string;
  /** As people write them: `alpine:3.20`. */
  readonly tags: readonly string[];
  /** By what registries know it: `alpine@sha256:<hex>`. */
  readonly digests: readonly string[];
  /** ISO 8601; null when the image does not say. */
  readonly createdAt: string | null;
  /** Of its files, unpacked. */
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageDetails extends ListedImage {
  readonly architecture: string;
  readonly os: string;
  readonly variant: string | null;
  readonly author: string;
  readonly comment: string;
  readonly config: ImageConfig;
  /** Digests of its layers as plain tar files, lowest first. */
  readonly diffIds: readonly string[];
}

/** A step in which an image was made. */
export interface ImageStep {
  /** Of the image, for the last step; what there was after the others is not kept. */
  readonly id: string | null;
  readonly createdAt: string | null;
  readonly createdBy: string;
  readonly sizeBytes: number;
  readonly comment: string;
}

/** @param names all that stand for it */
export function listedImage(record: ImageRecord, names: readonly ImageName[]): ListedImage {
  const tagged = names.filter(({ reference }) => reference.tag !== null);
  const pinned = names.filter(({ reference }) => reference.tag === null);
  return {
    id: record.id,
    tags: tagged.map(({ reference }) => familiar(reference)),
    digests: pinned.map(({ reference }) => familiar(reference)),
    createdAt: record.createdAt,
    sizeBytes: record.layers.reduce((sum, { bytes }) => sum + bytes, 0),
    labels: record.run.labels,
  };
}

export function imageDetails(record: ImageRecord, names: readonly ImageName[]): ImageDetails {
  const { architecture, os, variant, author, history, run, layers } = record;
  return {
    ...listedImage(record, names),
    ...{ architecture, os, author, config: run },
    variant: variant || null,
    comment: record.comment || (history.at(-1)?.comment ?? ''),
    diffIds: layers.map(({ diffId }) => diffId),
  };
}

/** Of an image that tells nothing of how it was made, a step for each layer is all that is known. */
function stepsOf({ history, layers }: ImageRecord): ImageRecord['history'] {
  const told = history.filter(({ isEmpty }) => !isEmpty).length;
  const unknown = { createdAt: null, createdBy: '', comment: '', isEmpty: false };
  return [...Array.from({ length: Math.max(0, layers.length - told) }, () => unknown), ...history];
}

/** The newest first. */
export function imageSteps(record: ImageRecord): ImageStep[] {
  const steps = stepsOf(record);
  let layer = 0;
  const oldestFirst = steps.map(({ createdAt, createdBy, comment, isEmpty }, index): ImageStep => {
    const sizeBytes = isEmpty ? 0 : (record.layers[layer++]?.bytes ?? 0);
    return { id: index === steps.length - 1 ? record.id : null, createdAt, createdBy, comment, sizeBytes };
  });
  return oldestFirst.reverse();
}
