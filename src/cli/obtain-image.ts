/** An image of the store for a run, fetched first where that was asked for. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HotcellError } from '../core/index.js';
import type { ImageSource, ResolvedImage } from '../spec/index.js';
import type { Images } from './image/index.js';
import type { Io } from './io/io.js';

/** When an image is fetched from its registry: docker's words. */
export const PULL_POLICIES = ['missing', 'always', 'never'] as const;

export type PullPolicy = (typeof PULL_POLICIES)[number];

export interface ImageFinder {
  readonly io: Io;
  /** @throws HotcellError `image-not-found` */
  readonly findImage: ImageSource['resolve'];
  readonly openImages: () => Promise<Pick<Images, 'pull' | 'close'>>;
}

export interface Obtain {
  readonly pull: PullPolicy;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** Somebody did not want to wait for an image: there is nothing to say about it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

async function pull(
  reference: string,
  how: Obtain & { readonly signal: AbortSignal },
  { io, openImages }: ImageFinder,
): Promise<void> {
  const { progressFor } = await import('./image/progress.js');
  const images = await openImages();
  const progress = progressFor(io, { work: 'pull', to: 'stderr', plain: true, ...how });
  try {
    progress.say(`pulling ${reference}`);
    await images.pull(reference, { onProgress: progress.onProgress, signal: how.signal });
  } finally {
    await progress.close();
    await images.close();
  }
}

async function fetch(reference: string, how: Obtain, finder: ImageFinder): Promise<void> {
  const { interruptible } = await import('./image/interruptible.js');
  const exitCode = await interruptible(finder.io, async (signal) => {
    try {
      await pull(reference, { ...how, signal }, finder);
      return 0;
    } catch (error) {
      // Whoever broke it off knows why it failed.
      if (signal.aborted) return 1;
      throw error;
    }
  });
  if (exitCode !== 0) throw new Interrupted(exitCode);
}

const isMissing = (error: unknown): error is HotcellError =>
  error instanceof HotcellError && error.code === 'image-not-found';

/** @throws HotcellError `image-not-found`, and what fetching throws; Interrupted */
export async function obtainImage(
  reference: string,
  how: Obtain,
  finder: ImageFinder,
): Promise<ResolvedImage> {
  if (how.pull === 'always') await fetch(reference, how, finder);
  try {
    return await finder.findImage(reference);
  } catch (error) {
    if (how.pull !== 'missing' || !isMissing(error)) throw error;
  }
  await fetch(reference, how, finder);
  return await finder.findImage(reference);
}

/** Only for a hint: where nothing can be found there is none to give. */
export async function hasImage(
  reference: string,
  { findImage }: Pick<ImageFinder, 'findImage'>,
): Promise<boolean> {
  return await findImage(reference).then(
    () => true,
    () => false,
  );
}

/** Somebody who names a file or directory that is here did not mean the store. */
async function hereInstead(reference: string, cwd: string): Promise<string | undefined> {
  // What cannot be looked at is none.
  const found = await stat(resolve(cwd, reference)).catch(() => null);
  if (found?.isFile()) return `there is a file of that name: hotcell image load -i ${reference}`;
  if (found?.isDirectory()) return `there is a directory of that name: --image dir:./${reference}`;
  return undefined;
}

const REMEDY = 'fetch it with --pull missing, or load it with "hotcell image load -i PATH"';

/** The error with the flag that it is about, and what to do. */
export async function inTermsOfImageFlag(error: unknown, reference: string, cwd: string): Promise<unknown> {
  if (!isMissing(error)) return error;
  const { code } = error;
  const hint = (await hereInstead(reference, cwd)) ?? error.hint ?? REMEDY;
  return new HotcellError({ code, message: `--image: ${error.message}`, hint, cause: error });
}
