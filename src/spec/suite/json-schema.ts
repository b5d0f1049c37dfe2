/** From zod's JSON Schema of a suite to one that people and editors can read. Pure. */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mapValues(value: unknown, change: (child: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => change(item, String(index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, key)]));
}

const PLACEHOLDER = { type: 'string', pattern: '^\\$\\{matrix\\.[^{}]*\\}$' };

const SCALARS: ReadonlySet<unknown> = new Set(['integer', 'number', 'boolean']);

/**
 * Numbers, truth values and closed lists of words may come from a matrix. And that a value has exactly one of several keys
 * holds for what templates, jobs and cases make together, not for each of them.
 */
export function asPartOfSuite(schema: unknown): unknown {
  const changed = mapValues(schema, asPartOfSuite);
  if (!isObject(changed)) return changed;
  const { description, default: fallback, oneOf: _oneOf, ...rest } = changed;
  const about = Object.entries({ description, default: fallback }).filter(([, value]) => value !== undefined);
  const scalar = SCALARS.has(rest.type) || Array.isArray(rest.enum);
  return { ...Object.fromEntries(about), ...(scalar ? { anyOf: [rest, PLACEHOLDER] } : rest) };
}

/** Below this a reference is no easier to read than what it stands for. */
const MIN_SHARED = 400;

const isShareable = (part: unknown): part is Json =>
  isObject(part) && (part.type !== undefined || part.anyOf !== undefined);

function countParts(schema: unknown, counts: Map<string, number>): void {
  if (isShareable(schema)) {
    const text = JSON.stringify(schema);
    if (text.length >= MIN_SHARED) counts.set(text, (counts.get(text) ?? 0) + 1);
    // What is in a part that was counted before is not there twice.
    if (counts.get(text) === 2) return;
  }
  mapValues(schema, (child) => countParts(child, counts));
}

/** With every larger part that occurs more than once in `$defs`, by the name of the key where it is first. */
export function withDefinitions(schema: Json): Json {
  const counts = new Map<string, number>();
  countParts(schema, counts);
  const names = new Map<string, string>();
  const definitions: Record<string, unknown> = {};
  const nameFor = (key: string): string => {
    const base = key === 'items' || key === 'additionalProperties' || /^\d+$/.test(key) ? 'part' : key;
    let name = base;
    for (let number = 2; Object.hasOwn(definitions, name); number += 1) name = `${base}${number}`;
    return name;
  };
  const share = (part: unknown, key: string): unknown => {
    const text = isShareable(part) ? JSON.stringify(part) : '';
    if ((counts.get(text) ?? 0) < 2) return mapValues(part, share);
    const name = names.get(text) ?? nameFor(key);
    if (!names.has(text)) {
      names.set(text, name);
      definitions[name] = {};
      definitions[name] = mapValues(part, share);
    }
    return { $ref: `#/$defs/${name}` };
  };
  const shared = mapValues(schema, share) as Json;
  return { ...shared, $defs: definitions };
}
