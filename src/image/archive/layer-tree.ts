import type { Path } from './names.js';
import type { Time } from './pax.js';

/** What is at a place. `dropped`: something that is not made, like a device. */
export type NodeKind = 'directory' | 'file' | 'symlink' | 'fifo' | 'whiteout' | 'dropped';

type Directory = Map<string, Node>;
/** As little as can be, for a layer may have a million. */
type Node = Exclude<NodeKind, 'directory'> | Directory;

export type Lookup =
  | { readonly found: 'yes'; readonly kind: NodeKind }
  /** `depth`: how many components are there. */
  | { readonly found: 'no'; readonly depth: number }
  /** What the first `depth` components lead to is no directory. */
  | { readonly found: 'blocked'; readonly by: Exclude<NodeKind, 'directory'>; readonly depth: number };

/** What a layer has so far, by name; nothing is known of the layers below it. */
export class LayerTree {
  private readonly root: Directory = new Map();
  private readonly times = new Map<Directory, Time>();

  lookup({ components }: Path): Lookup {
    let node: Node = this.root;
    for (let depth = 0; depth < components.length; depth++) {
      if (typeof node === 'string') return { found: 'blocked', by: node, depth };
      const child = node.get(components[depth] ?? '');
      if (child === undefined) return { found: 'no', depth };
      node = child;
    }
    return { found: 'yes', kind: typeof node === 'string' ? node : 'directory' };
  }

  /** Parents that are missing, or no directories, become directories. What is replaced goes with all that is in it. */
  set({ components }: Path, kind: NodeKind): void {
    const name = components.at(-1);
    if (name === undefined) return;
    let directory = this.root;
    for (let depth = 0; depth < components.length - 1; depth++) {
      directory = directoryIn(directory, components[depth] ?? '');
    }
    if (kind === 'directory') directoryIn(directory, name);
    else directory.set(flat(name), kind);
  }

  /** @param path of a directory that is there */
  setTime({ components }: Path, time: Time): void {
    let directory = this.root;
    for (const name of components) directory = directoryIn(directory, name);
    this.times.set(directory, time);
  }

  /** The times of directories that are still there. */
  *directoryTimes(): Generator<readonly [Path, Time]> {
    // A stack, for paths may be deeper than calls should be.
    const stack: { readonly directory: Directory; readonly path: Path }[] = [
      { directory: this.root, path: { text: '', components: [] } },
    ];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { directory, path } = top;
      const time = this.times.get(directory);
      if (time !== undefined) yield [path, time];
      for (const [name, node] of directory) {
        if (typeof node === 'string') continue;
        const components = [...path.components, name];
        stack.push({ directory: node, path: { text: components.join('/'), components } });
      }
    }
  }
}

/** A piece of a string keeps the whole of it, which here is a path of up to 4 KiB, in memory. */
const flat = (name: string): string => Buffer.from(name, 'latin1').toString('latin1');

function directoryIn(parent: Directory, name: string): Directory {
  const known = parent.get(name);
  if (known !== undefined && typeof known !== 'string') return known;
  const made: Directory = new Map();
  parent.set(flat(name), made);
  return made;
}
