/**
 * Long lists, read some hundred items at a time while the text is parsed: as one document a hundred thousand cases take ten times
 * the memory of the tree that is made of them.
 */
import { type CST, isSeq } from 'yaml';
import { SUITE_BOUNDS } from './bounds.js';
import { NOWHERE, type Place, type Tree } from './tree.js';
import { readItems } from './yaml-text.js';

/** Items that are read together. */
const AT_A_TIME = 512;

/** The parser may still add to the last three, such as a comment. */
const KEPT = 3;

/** Something in a piece is wrong, and only the whole says it in its own words. */
export class NotInPieces extends Error {}

export interface Piece {
  /** Of the list, known when what is around it has been read. */
  readonly place: { -readonly [Key in keyof Place]: Place[Key] };
  readonly items: Tree[];
}

type ReadItem = (node: unknown, place: Place) => Tree;

export class Pieces {
  readonly #byOffset = new Map<number, Piece>();
  readonly #readItem: ReadItem;

  constructor(readItem: ReadItem) {
    this.#readItem = readItem;
  }

  get any(): boolean {
    return this.#byOffset.size > 0;
  }

  /** The beginning of the list that begins there. */
  at(offset: number): Piece | undefined {
    return this.#byOffset.get(offset);
  }

  /** Takes items out of a list that has many. @throws NotInPieces */
  take(list: CST.BlockSequence): void {
    if (list.items.length < AT_A_TIME + KEPT) return;
    const piece = this.#byOffset.get(list.offset) ?? { place: { ...NOWHERE }, items: [] };
    this.#byOffset.set(list.offset, piece);
    const node = readItems(list, list.items.splice(0, AT_A_TIME));
    if (!isSeq(node) || piece.items.length > SUITE_BOUNDS.values) throw new NotInPieces();
    for (const item of node.items) {
      const offset = startOf(item);
      const place = { above: piece.place, key: piece.items.length, keyOffset: offset, offset };
      piece.items.push(this.#readItem(item, place));
    }
  }
}

/** Where a node begins in the text; -1 when that is not known. */
export const startOf = (node: unknown): number =>
  (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? -1;
