import { HotcellError, quote } from '../../core/index.js';
import { digestFromHex, familiar, type Reference, repositoryOf } from '../reference/index.js';
import { collect } from './collect.js';
import { LOCKS, type StoreLayout } from './layout.js';
import { type Located, locate } from './locate.js';
import { FileLock, withLock } from './lock.js';
import { type ImageName, Names } from './names.js';
import { Records } from './records.js';
import { StoreSession, type TreeRemover } from './session.js';

export interface RemovedImages {
  /** As people write them. */
  readonly untagged: readonly string[];
  /** Ids. */
  readonly deleted: readonly string[];
}

export interface PrunedImages extends RemovedImages {
  readonly freedBytes: number;
}

export interface PruneOptions {
  /** Also those that have a name, when nothing runs in them. */
  readonly all: boolean;
  /** Of these ids only, when given. */
  readonly only?: ReadonlySet<string> | undefined;
}

const idOf = (record: string): string => digestFromHex(record.slice(0, 64));

function inUse(text: string, why: string, hint: string): HotcellError {
  return new HotcellError({
    code: 'image-in-use',
    message: `${quote(text, 200)} is not removed: ${why}`,
    hint,
  });
}

/** Takes away names and images. What they consist of is left for collect.ts. */
export class Removal {
  readonly #layout: StoreLayout;
  readonly #names: Names;
  readonly #records: Records;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
    this.#names = new Names(layout);
    this.#records = new Records(layout);
  }

  namesOf(id: string): ImageName[] {
    return this.#names.list().filter(({ record }) => idOf(record) === id);
  }

  /** @throws HotcellError `image-in-use` when something runs in the image, or it has several names and was meant by its id */
  async remove(text: string, { force }: { readonly force: boolean }): Promise<RemovedImages> {
    const found = locate(text, { names: this.#names, records: this.#records });
    const id = idOf(found.record);
    const names = this.namesOf(id);
    const going = found.name === null ? names : goingWith(found.name, names);
    if (going.length < names.length) return { untagged: await this.#untag(going), deleted: [] };
    checkSeveral(text, found, { names, force });
    const removed = await this.removeWhole(id, names);
    if (removed !== null) return removed;
    throw inUse(text, 'a program is running in it', 'wait for its end, or end it: see "hotcell ps"');
  }

  /** @returns null when something runs in it; then everything stays */
  async removeWhole(id: string, names: readonly ImageName[]): Promise<RemovedImages | null> {
    const lock = await FileLock.tryAcquire(this.#layout.lock(LOCKS.image(id)), 'exclusive');
    if (lock === null) return null;
    try {
      // Names first: one that stands for nothing would be worse than an image without a name.
      const untagged = await this.#untag(names);
      for (const record of this.#records.withId(id.slice('sha256:'.length)))
        await this.#records.retire(record);
      return { untagged, deleted: [id] };
    } finally {
      await lock.release();
    }
  }

  async #untag(names: readonly ImageName[]): Promise<string[]> {
    for (const { reference } of names) await this.#names.remove(reference);
    return names.map(({ reference }) => familiar(reference));
  }
}

/** With the last tag of a repository goes what only says where the image came from. */
function goingWith(name: Reference, names: readonly ImageName[]): ImageName[] {
  const isSame = ({ tag, digest }: Reference): boolean => tag === name.tag && digest === name.digest;
  const ofRepository = names.filter(({ reference }) => repositoryOf(reference) === repositoryOf(name));
  const tags = ofRepository.filter(({ reference }) => reference.tag !== null);
  const isLastTag = name.tag !== null && tags.length === 1;
  return isLastTag ? ofRepository : ofRepository.filter(({ reference }) => isSame(reference));
}

function checkSeveral(
  text: string,
  { name }: Located,
  { names, force }: { readonly names: readonly ImageName[]; readonly force: boolean },
): void {
  const tags = names
    .filter(({ reference }) => reference.tag !== null)
    .map(({ reference }) => familiar(reference));
  if (name !== null || force || tags.length <= 1) return;
  const shown = `${tags.slice(0, 5).join(', ')}${tags.length > 5 ? ', …' : ''}`;
  throw inUse(text, `it has several names: ${shown}`, 'remove those, or use --force');
}

const exclusive = { mode: 'exclusive' } as const;

/**
 * Takes a name away, and removes the image with the last one. What only it needed goes at once when nobody is adding
 * images, and else with the next removal.
 *
 * @throws HotcellError `image-not-found`, `image-in-use`, `invalid-spec`, `io`
 */
export async function removeImage(
  layout: StoreLayout,
  reference: string,
  { force, trees }: { readonly force: boolean; readonly trees: TreeRemover },
): Promise<RemovedImages> {
  const removed = await withLock(layout.lock(LOCKS.names), exclusive, () =>
    new Removal(layout).remove(reference, { force }),
  );
  if (removed.deleted.length > 0) await collectIfAlone(layout, trees);
  return removed;
}

/** Removes what no image needs, unless somebody is adding images: then it has to wait for the next removal. */
export async function collectIfAlone(layout: StoreLayout, trees: TreeRemover): Promise<void> {
  const session = await StoreSession.tryBegin(layout, { ...exclusive, trees });
  if (session === null) return;
  try {
    await collect(session, trees);
  } finally {
    await session.end();
  }
}

async function removeUnneeded(layout: StoreLayout, { all, only }: PruneOptions): Promise<RemovedImages> {
  const removal = new Removal(layout);
  const ids = new Set(new Records(layout).list().map(idOf));
  const untagged: string[] = [];
  const deleted: string[] = [];
  for (const id of ids) {
    const names = removal.namesOf(id);
    const isWanted = all || names.every(({ reference }) => reference.tag === null);
    if (!isWanted || only?.has(id) === false) continue;
    const removed = await removal.removeWhole(id, names);
    untagged.push(...(removed?.untagged ?? []));
    deleted.push(...(removed?.deleted ?? []));
  }
  return { untagged, deleted };
}

/**
 * Removes images without a tag, or all, except those in which something runs, and all that no image needs. Waits for those
 * who are adding.
 *
 * @throws HotcellError `io`
 */
export async function pruneImages(
  layout: StoreLayout,
  {
    trees,
    signal,
    ...options
  }: PruneOptions & { readonly trees: TreeRemover; readonly signal?: AbortSignal | undefined },
): Promise<PrunedImages> {
  const session = await StoreSession.begin(layout, { ...exclusive, trees, signal });
  try {
    const removed = await withLock(layout.lock(LOCKS.names), exclusive, () =>
      removeUnneeded(layout, options),
    );
    return { ...removed, freedBytes: await collect(session, trees) };
  } finally {
    await session.end();
  }
}
