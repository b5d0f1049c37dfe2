/**
 * JSON straight to a tree: as a YAML document the same text takes ten times the memory and the time while it is read. Whatever is not
 * plain JSON within the bounds is left to the YAML reader, which JSON is a part of and whose words the problems are in.
 */
import { SUITE_BOUNDS } from './bounds.js';
import { leafTree, listTree, mapTree, NOWHERE, type Place, type Tree } from './tree.js';

/** Ends the reading; never seen outside. */
class NotPlain extends Error {}

const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', '<<']);

const placeIn = (above: Place, key: string | number, offsets: Omit<Place, 'above' | 'key'>): Place => ({
  above,
  key,
  ...offsets,
});

function unescaped(source: string): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    throw new NotPlain();
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  #left: number = SUITE_BOUNDS.values;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Tree {
    this.#skipSpace();
    const tree = this.#value({ ...NOWHERE, offset: this.#at }, SUITE_BOUNDS.depth);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new NotPlain();
    return tree;
  }

  /** The offset of the value that comes next. */
  #skipSpace(): number {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
    return this.#at;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return undefined;
    const taken = this.#text.slice(this.#at, pattern.lastIndex);
    this.#at = pattern.lastIndex;
    return taken;
  }

  /** Whether the character is there; then it is behind. */
  #passes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#passes(character)) throw new NotPlain();
  }

  /** @param levels how many more there may be, this one among them */
  #value(place: Place, levels: number): Tree {
    this.#left -= 1;
    if (this.#left < 0 || levels < 0) throw new NotPlain();
    if (this.#passes('{')) return this.#map(place, levels);
    if (this.#passes('[')) return this.#list(place, levels);
    return this.#leaf(place);
  }

  #leaf(place: Place): Tree {
    if (this.#text[this.#at] === '"') return leafTree(this.#string(), place);
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return leafTree(value, place);
    }
    const source = this.#take(NUMBER);
    if (source === undefined) throw new NotPlain();
    return leafTree(Number(source), place, source);
  }

  /** A loop, since a regular expression would need a stack as long as the string. */
  #string(): string {
    const start = this.#at;
    this.#expect('"');
    let escaped = false;
    for (;;) {
      // Control characters; and NaN, at the end of the text.
      const code = this.#text.charCodeAt(this.#at);
      if (!(code >= 0x20)) throw new NotPlain();
      this.#at += code === BACKSLASH ? 2 : 1;
      escaped ||= code === BACKSLASH;
      if (code === QUOTE) break;
    }
    return escaped ? unescaped(this.#text.slice(start, this.#at)) : this.#text.slice(start + 1, this.#at - 1);
  }

  #list(place: Place, levels: number): Tree {
    const items: Tree[] = [];
    this.#skipSpace();
    if (this.#passes(']')) return listTree(items, place);
    do {
      const offset = this.#skipSpace();
      items.push(this.#value(placeIn(place, items.length, { keyOffset: offset, offset }), levels - 1));
      this.#skipSpace();
    } while (this.#passes(','));
    this.#expect(']');
    return listTree(items, place);
  }

  #map(place: Place, levels: number): Tree {
    const entries = new Map<string, Tree>();
    this.#skipSpace();
    if (this.#passes('}')) return mapTree(entries, place);
    do {
      const keyOffset = this.#skipSpace();
      const key = this.#string();
      if (entries.has(key) || REFUSED_KEYS.has(key)) throw new NotPlain();
      this.#skipSpace();
      this.#expect(':');
      const offset = this.#skipSpace();
      entries.set(key, this.#value(placeIn(place, key, { keyOffset, offset }), levels - 1));
      this.#skipSpace();
    } while (this.#passes(','));
    this.#expect('}');
    return mapTree(entries, place);
  }
}

/** The tree, as the YAML reader would make it; undefined for anything but an object or list in JSON within the bounds. */
export function treeOfJson(text: string): Tree | undefined {
  if (!/^[ \t\n\r]*[{[]/.test(text)) return undefined;
  try {
    return new JsonReader(text).whole();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}
