/** Keys are names of the document's own in these, and differ by case as well. */
const FREE: ReadonlySet<string> = new Set(['annotations', 'labels', 'volumes', 'exposedports']);

/** Of a JSON text that is one: strings, and what says where they stand. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** The keys of an object so far; null in a list. */
type Level = { readonly seen: Set<string>; readonly isFree: boolean } | null;

class Keys {
  readonly #levels: Level[] = [];
  #key = '';
  #expectsKey = false;

  /** @returns a key that is there twice, null when this is none */
  next(token: string): string | null {
    const level = this.#levels.at(-1) ?? null;
    const isKey = token.startsWith('"') && this.#expectsKey;
    this.#expectsKey = token === '{' || (token === ',' && level !== null);
    if (token === '{') this.#levels.push({ seen: new Set(), isFree: FREE.has(this.#key.toLowerCase()) });
    else if (token === '[') this.#levels.push(null);
    else if (token === '}' || token === ']') this.#levels.pop();
    return isKey && level !== null ? this.#add(JSON.parse(token) as string, level) : null;
  }

  #add(key: string, { seen, isFree }: NonNullable<Level>): string | null {
    this.#key = key;
    const name = isFree ? key : key.toLowerCase();
    if (seen.has(name)) return key;
    seen.add(name);
    return null;
  }
}

/**
 * A key that an object of the document has twice, or twice but for its case. Readers differ in which of them counts: Go's
 * takes the last in any case, so that a scanner written in Go could have read another document than we do.
 *
 * @param text valid JSON
 */
export function ambiguousKey(text: string): string | null {
  const keys = new Keys();
  for (const [token] of text.matchAll(TOKEN)) {
    const twice = keys.next(token);
    if (twice !== null) return twice;
  }
  return null;
}
