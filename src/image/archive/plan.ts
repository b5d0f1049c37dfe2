import { badArchive } from '../compression/index.js';
import type { TreeEncoder } from '../tree/index.js';
import { Accounts } from './accounts.js';
import { type Dropped, keptXattrs, ownerOf } from './attributes.js';
import type { TarEntry, Xattr } from './entry.js';
import { LayerTree, type NodeKind } from './layer-tree.js';
import { bytesOf, MAX_PATH_BYTES, type Path, pathOf } from './names.js';
import { type UnpackQuota, Usage } from './quota.js';
import { quoteName } from './where.js';
import { checkTarget, markerOf } from './whiteouts.js';

/** What a tree is told; TreeEncoder is one. */
export type LayerTarget = Pick<
  TreeEncoder,
  | 'directory'
  | 'file'
  | 'data'
  | 'symlink'
  | 'hardlink'
  | 'fifo'
  | 'whiteout'
  | 'opaque'
  | 'xattr'
  | 'times'
  | 'end'
  | 'abort'
>;

/** One operation of the tree. What it gives must be awaited, if anything, before the next. */
export type Op = (tree: LayerTarget) => Promise<void> | undefined;

/** Directories that archives imply without an entry of their own. */
const IMPLIED = { mode: 0o755, uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } } as const;

const NODE_KINDS = {
  file: 'file',
  directory: 'directory',
  symlink: 'symlink',
  fifo: 'fifo',
} as const satisfies Record<string, NodeKind>;

const nameOf = ({ text }: Path): string => quoteName(Buffer.from(text, 'latin1'));

/**
 * Decides what becomes of each entry of a layer: every rule that needs more than the entry itself is here. It plans
 * operations and does none.
 */
export class LayerPlan {
  readonly dropped: Dropped = { devices: 0, sockets: 0, xattrs: 0, ids: 0 };
  readonly usage: Usage;
  readonly accounts = new Accounts();
  private readonly tree = new LayerTree();
  private xattrs: readonly Xattr[] = [];
  private path: Path | null = null;
  /** Whether contents go to the tree. */
  private writing = false;

  constructor(private readonly quota: UnpackQuota) {
    this.usage = new Usage(quota);
  }

  /** @throws HotcellError `bad-archive` with the rule that the entry breaks */
  entry(entry: TarEntry): readonly Op[] {
    this.usage.addEntries(1);
    this.usage.addFile(entry.size);
    const path = pathOf(entry.name, this.quota);
    this.path = path;
    const marker = markerOf(path, entry);
    if (marker.kind === 'ignored') return [];
    if (marker.kind === 'whiteout') return this.whiteout(marker.path);
    if (marker.kind === 'opaque') return this.opaque(path, marker.directory);
    if (path.text === '' && entry.type !== 'directory')
      throw badArchive(`it is the root, and a ${entry.type}`);
    this.xattrs = keptXattrs(entry, this.dropped, this.quota.xattrBytes);
    if (entry.type === 'device') return this.drop(path);
    if (entry.type === 'hardlink') return this.hardlink(path, entry);
    return this.make(path, entry, NODE_KINDS[entry.type], this.making(path, entry, entry.type));
  }

  /** A part of a file's content. */
  data(bytes: Buffer): readonly Op[] {
    this.accounts.data(bytes);
    return this.writing ? [(tree) => tree.data(bytes)] : [];
  }

  /** What follows the content. */
  done(): readonly Op[] {
    this.accounts.done();
    const { xattrs, path } = this;
    this.xattrs = [];
    this.writing = false;
    if (xattrs.length === 0 || path === null) return [];
    const bytes = bytesOf(path);
    return xattrs.map(({ name, value }) => (tree) => {
      return tree.xattr({ path: bytes, name: Buffer.from(name, 'latin1'), value });
    });
  }

  /** After the last entry: the times of directories, for making what is in one changes it. */
  *end(): Generator<Op> {
    for (const [path, mtime] of this.tree.directoryTimes()) yield (tree) => tree.times(bytesOf(path), mtime);
  }

  private set(path: Path, kind: NodeKind): void {
    this.usage.addName(path.components.at(-1)?.length ?? 0);
    this.tree.set(path, kind);
  }

  private making(path: Path, entry: TarEntry, type: keyof typeof NODE_KINDS): Op {
    const { mode, mtime, size } = entry;
    const common = { path: bytesOf(path), mtime, ...ownerOf(entry, this.dropped) };
    if (type === 'directory') return (tree) => tree.directory({ ...common, mode });
    if (type === 'fifo') return (tree) => tree.fifo({ ...common, mode });
    if (type === 'file') return (tree) => tree.file({ ...common, mode, size });
    // A copy: the chunk that it is part of may be gone before the operation is done.
    const target = Buffer.from(entry.link);
    if (target.length > MAX_PATH_BYTES) {
      throw badArchive(`its target has ${target.length} bytes; at most ${MAX_PATH_BYTES} are allowed`);
    }
    return (tree) => tree.symlink({ ...common, target });
  }

  private make(path: Path, entry: TarEntry, kind: NodeKind, op: Op): readonly Op[] {
    const parents = this.parents(path);
    this.writing = entry.type === 'file';
    if (parents === 'elsewhere') {
      this.accounts.madeSomewhere(path);
      return [op];
    }
    this.accounts.made(path, entry);
    this.set(path, kind);
    if (kind === 'directory') this.tree.setTime(path, entry.mtime);
    return [...parents, op];
  }

  /**
   * Makes the directories that lead to a place and are not there, which counts as entries. 'elsewhere': the way goes through
   * a symbolic link of this layer. The tree's writer follows it inside the layer, so that it ends in a place unknown here.
   */
  private parents(path: Path): readonly Op[] | 'elsewhere' {
    const there = this.tree.lookup(path);
    if (there.found === 'yes') return [];
    if (there.found === 'blocked') {
      if (there.by === 'symlink') return 'elsewhere';
      const parent = path.components.slice(0, there.depth).join('/');
      if (there.by !== 'whiteout')
        throw badArchive(`${quoteName(Buffer.from(parent, 'latin1'))} is no directory`);
    }
    const first = there.found === 'blocked' ? there.depth - 1 : there.depth;
    const ops: Op[] = [];
    for (let depth = first + 1; depth < path.components.length; depth++) {
      const components = path.components.slice(0, depth);
      ops.push(this.imply({ components, text: components.join('/') }));
    }
    return ops;
  }

  private imply(path: Path): Op {
    this.usage.addEntries(1);
    this.set(path, 'directory');
    this.tree.setTime(path, IMPLIED.mtime);
    return (tree) => tree.directory({ path: bytesOf(path), ...IMPLIED });
  }

  private whiteout(path: Path): readonly Op[] {
    const parents = this.parents(path);
    const op: Op = (tree) => tree.whiteout(bytesOf(path));
    if (parents === 'elsewhere') {
      this.accounts.hideAll();
      return [op];
    }
    this.accounts.whiteout(path);
    // What this layer has itself stays, whichever came first.
    if (this.tree.lookup(path).found === 'no') this.set(path, 'whiteout');
    return [...parents, op];
  }

  private opaque(marker: Path, directory: Path): readonly Op[] {
    const parents = this.parents(marker);
    const op: Op = (tree) => tree.opaque(bytesOf(directory));
    if (parents === 'elsewhere') {
      this.accounts.hideAll();
      return [op];
    }
    this.accounts.whiteout(directory);
    return [...parents, op];
  }

  private drop(path: Path): readonly Op[] {
    this.dropped.devices++;
    const parents = this.parents(path);
    if (parents === 'elsewhere') return [];
    if (this.tree.lookup(path).found === 'no') this.set(path, 'dropped');
    return parents;
  }

  private hardlink(path: Path, entry: TarEntry): readonly Op[] {
    const target = pathOf(entry.link, this.quota);
    checkTarget(target);
    const kind = this.targetKind(path, target);
    if (kind === 'dropped') return this.drop(path);
    return this.make(path, entry, kind, (tree) =>
      tree.hardlink({ target: bytesOf(target), path: bytesOf(path) }),
    );
  }

  /** @throws HotcellError `bad-archive` unless it is something of this layer that came before and stays */
  private targetKind(path: Path, target: Path): NodeKind {
    const there = this.tree.lookup(target);
    const name = nameOf(target);
    if (there.found === 'blocked')
      throw badArchive(`the way to its target ${name} leads through something that is no directory`);
    if (there.found === 'no') throw badArchive(`its target ${name} does not come before it in the archive`);
    if (there.kind === 'directory' || there.kind === 'whiteout') {
      throw badArchive(`its target ${name} is a ${there.kind}`);
    }
    if (`${target.text}/`.startsWith(`${path.text}/`))
      throw badArchive(`its target ${name} is itself, or below it`);
    return there.kind;
  }
}
