import { imageKind } from '../image.js';
import { hostPath } from '../paths.js';
import { childOf, itemsOf, type MapTree, type Place, type Tree, textOf } from './tree.js';

/** What a path of the host must lead to. */
export type PathKind = 'file' | 'directory' | 'any';

/** A path of the host, where a suite has it. */
export interface PathUse {
  /** As it is written: relative to the directory of the suite, or absolute. */
  readonly path: string;
  readonly kind: PathKind;
  readonly place: Place;
  /** What is in the file, where that is to be read before anything runs. */
  readonly content?: 'env' | 'seccomp' | { readonly flags: string } | undefined;
  /** Whether programs may write beneath it. */
  readonly writable?: boolean | undefined;
  /** Whether it is no problem that nothing is there. */
  readonly mayBeMissing?: boolean | undefined;
}

/** Collects the paths of a suite, each once for each place. */
export class PathUses {
  readonly #uses = new Map<string, PathUse>();
  readonly #images = new Map<string, Place>();

  get all(): readonly PathUse[] {
    return [...this.#uses.values()];
  }

  /** By reference the first place of each image of the store. */
  get images(): ReadonlyMap<string, Place> {
    return this.#images;
  }

  /** What a program is given: its files, input, env files, seccomp profile, mounts and image. */
  addProgram(tree: MapTree): void {
    for (const file of valuesOf(tree.entries.get('files'))) {
      const { value } = (childOf(file, 'mayBeMissing') ?? {}) as { value?: unknown };
      this.#addPath(childOf(file, 'path'), 'file', { mayBeMissing: value === true });
    }
    this.#addPath(childOf(tree.entries.get('stdin'), 'path'), 'file');
    for (const item of itemsOf(tree.entries.get('envFile'))) this.#addPath(item, 'file', { content: 'env' });
    this.#addPath(childOf(tree.entries.get('seccomp'), 'path'), 'file', { content: 'seccomp' });
    for (const mount of itemsOf(tree.entries.get('mounts'))) {
      this.#addPath(childOf(mount, 'source'), 'any', { writable: textOf(childOf(mount, 'mode')) === 'rw' });
    }
    const image = tree.entries.get('image');
    const text = textOf(image);
    if (image !== undefined && text !== undefined) this.#addImage(text, image.place);
  }

  #addImage(text: string, place: Place): void {
    const found = imageKind(text);
    if (found.kind === 'dir') this.#add({ path: found.path, kind: 'directory', place });
    else if (found.kind === 'store' && !this.#images.has(text)) this.#images.set(text, place);
  }

  addExpect(tree: MapTree): void {
    const texts = [
      tree.entries.get('stdout'),
      tree.entries.get('stderr'),
      ...valuesOf(tree.entries.get('outputs')),
    ];
    for (const text of texts) {
      const flags = textOf(childOf(text, 'flags')) ?? '';
      const regexp = textOf(childOf(text, 'compare')) === 'matches';
      this.#addPath(childOf(text, 'path'), 'file', regexp ? { content: { flags } } : {});
    }
  }

  #addPath(tree: Tree | undefined, kind: PathKind, more: Partial<PathUse> = {}): void {
    const path = textOf(tree);
    if (tree !== undefined && path !== undefined) this.#add({ ...more, path, kind, place: tree.place });
  }

  #add(use: PathUse): void {
    // What no file can be called is a problem of its own already.
    if (!isHostPath(use.path)) return;
    this.#uses.set(`${use.place.offset} ${use.kind} ${use.path}`, use);
  }
}

function isHostPath(path: string): boolean {
  try {
    hostPath(path);
    return true;
  } catch {
    return false;
  }
}

const valuesOf = (tree: Tree | undefined): readonly Tree[] =>
  tree?.kind === 'map' ? [...tree.entries.values()] : [];
