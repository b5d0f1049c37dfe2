import { createHash } from 'node:crypto';
import { decompress } from '../compression/index.js';
import type { AccountFile } from './accounts.js';
import type { Dropped } from './attributes.js';
import { LayerPlan, type LayerTarget, type Op } from './plan.js';
import type { UnpackQuota } from './quota.js';
import { type TarEvent, TarReader } from './reader.js';
import { inEntry } from './where.js';

export interface UnpackOptions {
  readonly quota: UnpackQuota;
  /** How many bytes of the source were read so far. */
  readonly onProgress?: ((packedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UnpackReport {
  /** `sha256:<hex>` of the unpacked archive. */
  readonly diffId: string;
  /** Of contents. */
  readonly bytes: number;
  readonly entries: number;
  readonly dropped: Readonly<Dropped>;
  readonly passwd: AccountFile;
  readonly group: AccountFile;
}

/** What the plan makes of an event. @throws HotcellError `bad-archive` naming the entry */
function opsOf(plan: LayerPlan, event: TarEvent): Iterable<Op> {
  switch (event.kind) {
    case 'entry':
      return inEntry(event.entry.name, () => plan.entry(event.entry));
    case 'data':
      return plan.data(event.bytes);
    case 'done':
      return plan.done();
  }
}

async function readAll(
  source: AsyncIterable<Uint8Array>,
  plan: LayerPlan,
  tree: LayerTarget,
): Promise<UnpackReport['diffId']> {
  const hash = createHash('sha256');
  const reader = new TarReader();
  for await (const chunk of source) {
    hash.update(chunk);
    reader.push(chunk);
    for (let event = reader.next(); event !== null; event = reader.next()) {
      for (const op of opsOf(plan, event)) {
        // Most give no promise: waiting for each would cost more than what it does.
        const taken = op(tree);
        if (taken !== undefined) await taken;
      }
    }
    plan.usage.checkBytes(reader.position);
  }
  reader.finish();
  return `sha256:${hash.digest('hex')}`;
}

/**
 * Reads a layer, or any archive of a root file system, in any compression, checks every entry of it, and tells the tree
 * what to write. The tree is ended when all is well, and aborted when not: then what it has must be thrown away.
 *
 * @throws HotcellError `bad-archive` with the entry's name and the rule; what the tree throws; the signal's reason
 */
export async function unpackLayer(
  source: AsyncIterable<Uint8Array>,
  tree: LayerTarget,
  { quota, onProgress, signal }: UnpackOptions,
): Promise<UnpackReport> {
  const plan = new LayerPlan(quota);
  try {
    const diffId = await readAll(decompress(source, { ratio: quota.ratio, onProgress, signal }), plan, tree);
    for (const op of plan.end()) {
      const taken = op(tree);
      if (taken !== undefined) await taken;
    }
    await tree.end();
    const { accounts, dropped, usage } = plan;
    return {
      diffId,
      bytes: usage.bytes,
      entries: usage.entries,
      dropped,
      passwd: accounts.passwd,
      group: accounts.group,
    };
  } catch (error) {
    await tree.abort();
    throw error;
  }
}
