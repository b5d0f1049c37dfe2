import { expect } from 'vitest';
import {
  DEFAULT_QUOTA,
  type UnpackQuota,
  type UnpackReport,
  unpackLayer,
} from '../../../../src/image/archive/index.js';
import { pieces, RecordingTree, type TarEntry, tarOf } from '../../../support/archives/index.js';

export interface Unpacked {
  readonly report: UnpackReport;
  readonly tree: RecordingTree;
  /** What the tree was told, without times and the end. */
  readonly told: readonly string[];
}

const isMade = (operation: string): boolean => operation !== 'end' && !operation.startsWith('times ');

/** Unpacks bytes, or an archive of these entries, into a tree that only remembers. */
export async function unpack(
  archive: Uint8Array | readonly (TarEntry | Uint8Array)[],
  {
    quota = {},
    piece = 64 * 1024,
    slow = 0,
  }: { quota?: Partial<UnpackQuota>; piece?: number; slow?: number } = {},
): Promise<Unpacked> {
  const bytes = archive instanceof Uint8Array ? archive : tarOf(archive);
  const tree = new RecordingTree(slow);
  const report = await unpackLayer(pieces(bytes, piece), tree, { quota: { ...DEFAULT_QUOTA, ...quota } });
  return { report, tree, told: tree.told.filter(isMade) };
}

/** What the tree was told of these entries, without owner, mode and time: `file a/b`, `symlink c -> d`. */
export async function toldOf(...entries: readonly (TarEntry | Uint8Array)[]): Promise<string[]> {
  const { told } = await unpack(entries);
  return told.map((operation) => operation.replace(/ (?:[0-7]+ )?\d+:\d+ @-?\d+(?: \d+)?(?= |$)/, ''));
}

/** The message that refuses these entries; the tree must have been aborted, and must not have been ended. */
export async function refusal(
  archive: Uint8Array | readonly (TarEntry | Uint8Array)[],
  quota: Partial<UnpackQuota> = {},
): Promise<string> {
  const bytes = archive instanceof Uint8Array ? archive : tarOf(archive);
  const tree = new RecordingTree();
  const unpacking = unpackLayer(pieces(bytes), tree, { quota: { ...DEFAULT_QUOTA, ...quota } });
  const error = await unpacking.then(
    () => expect.fail(`not refused: ${tree.told.join(', ')}`),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'HotcellError', code: 'bad-archive' });
  expect(tree).toMatchObject({ ended: false, aborted: true });
  const { message } = error as Error;
  expect(message).not.toMatch(/\n/);
  return message;
}
