import type { Path } from './names.js';

/** What is at a place. `dropped`: something that is not made, like a device. */
export type NodeKind = 'directory' | 'file' | 'symlink' | 'fifo' | 'whiteout' | 'dropped';

export interface Node {
  kind: NodeKind;
  /** Of directories. */
  children: Map<string, Node> | null;
}

export type Lookup =
  | { readonly found: 'yes'; readonly node: Node }
  /** `depth`: how many components are there. */
  | { readonly found: 'no'; readonly depth: number }
  /** A component before the last is something else than a directory. */
  | { readonly found: 'blocked'; readonly by: Exclude<NodeKind, 'directory'>; readonly depth: number };

const newNode = (kind: NodeKind): Node => ({ kind, children: null });

/** What a layer has so far, by name; nothing is known of the layers below it. */
export class LayerTree {
  private readonly root: Node = newNode('directory');

  lookup({ components }: Path): Lookup {
    let node = this.root;
    for (const [depth, component] of components.entries()) {
      if (node.kind !== 'directory') return { found: 'blocked', by: node.kind, depth };
      const child = node.children?.get(component);
      if (child === undefined) return { found: 'no', depth };
      node = child;
    }
    return { found: 'yes', node };
  }

  /** Parents that are missing, or no directories, become directories. What is replaced goes with all that is in it. */
  set({ components }: Path, kind: NodeKind): void {
    let node = this.root;
    for (const component of components) node = directoryChild(node, component);
    if (node === this.root || (kind === 'directory' && node.kind === 'directory')) return;
    node.kind = kind;
    node.children = null;
  }
}

function directoryChild(node: Node, component: string): Node {
  if (node.kind !== 'directory') node.kind = 'directory';
  node.children ??= new Map();
  const known = node.children.get(component);
  if (known !== undefined) return known;
  const child = newNode('directory');
  node.children.set(component, child);
  return child;
}
