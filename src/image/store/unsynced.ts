/**
 * A layer's files, and the bytes that they were made from, are not waited for to be on the disk before the layer is used: that
 * takes longer than to write them. Until they are, a file beside them says so, and since which boot. When the machine stops
 * before, the layer is doubtful: it is made again from its bytes, or goes when those are damaged, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFromHex } from '../reference/index.js';
import type { TreeWriter } from '../tree/index.js';
import { ioError, isCode } from './io-error.js';
import type { StoreLayout } from './layout.js';

export const UNSYNCED = 'unsynced';

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw ioError(error, `cannot read ${path}`);
  }
};

const bootId = (): string => readText('/proc/sys/kernel/random/boot_id') ?? '';

/** @param directory of a layer in the making */
export async function markUnsynced(directory: string): Promise<void> {
  await writeFile(join(directory, UNSYNCED), bootId(), { mode: 0o600, flush: true });
}

/** Whether the machine stopped since the layer was made, and that may have come too early. */
export function isDoubtful(layout: StoreLayout, diffId: string): boolean {
  const made = readText(join(layout.layer(diffId), UNSYNCED));
  return made !== null && made !== bootId();
}

const HEX = /^[a-f0-9]{64}$/;

/** Diff ids of layers that are not known to be on the disk, and of those the ones that may never come there. */
export function unsyncedLayers(layout: StoreLayout): {
  readonly all: readonly string[];
  readonly doubtful: readonly string[];
} {
  const all = readdirSync(layout.directory('layers'))
    .filter((name) => HEX.test(name))
    .map(digestFromHex)
    .filter((diffId) => readText(join(layout.layer(diffId), UNSYNCED)) !== null);
  return { all, doubtful: all.filter((diffId) => isDoubtful(layout, diffId)) };
}

/**
 * Waits until all layers made since this boot are on the disk, and says so of them.
 *
 * @throws HotcellError `io` when the disk does not take them: they stay marked
 */
export async function syncLayers(layout: StoreLayout, trees: Pick<TreeWriter, 'sync'>): Promise<void> {
  const { all, doubtful } = unsyncedLayers(layout);
  const waiting = all.filter((diffId) => !doubtful.includes(diffId));
  if (waiting.length === 0) return;
  await trees.sync(layout.directory('layers'));
  for (const diffId of waiting) await rm(join(layout.layer(diffId), UNSYNCED), { force: true });
}
