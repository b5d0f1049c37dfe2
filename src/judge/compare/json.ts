import { quote } from '../../core/index.js';
import { type Comparer, type Finding, type ReasonFinding, reason } from './finding.js';
import { Decimal, type Json, JsonError, JsonTooLarge, readJson } from './json-reader.js';

const SHOWN_PATH = 200;
const SHOWN_VALUE = 100;

/** Where two values differ; the path is in reverse. A side that has no value there is undefined. */
interface JsonDifference {
  readonly path: string[];
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function inside(step: string, found: JsonDifference | null): JsonDifference | null {
  found?.path.push(step);
  return found;
}

const differ = (expected: Json | undefined, actual: Json | undefined): JsonDifference => ({
  path: [],
  expected,
  actual,
});

function differenceOf(expected: Json | undefined, actual: Json | undefined): JsonDifference | null {
  if (expected === actual) return null;
  if (expected === undefined || actual === undefined) return differ(expected, actual);
  if (isList(expected) && isList(actual)) return listDifference(expected, actual);
  if (expected instanceof Map && actual instanceof Map) return mapDifference(expected, actual);
  const same =
    expected instanceof Decimal && actual instanceof Decimal && expected.canonical === actual.canonical;
  return same ? null : differ(expected, actual);
}

function listDifference(expected: readonly Json[], actual: readonly Json[]): JsonDifference | null {
  const length = Math.max(expected.length, actual.length);
  for (let index = 0; index < length; index++) {
    const found = differenceOf(expected[index], actual[index]);
    if (found !== null) return inside(`[${index}]`, found);
  }
  return null;
}

function mapDifference(
  expected: ReadonlyMap<string, Json>,
  actual: ReadonlyMap<string, Json>,
): JsonDifference | null {
  for (const keys of [expected.keys(), actual.keys()]) {
    for (const key of keys) {
      const found = differenceOf(expected.get(key), actual.get(key));
      if (found !== null) return inside(/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${quote(key)}]`, found);
    }
  }
  return null;
}

function showJson(value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (value === null) return 'null';
  if (isList(value)) return value.length === 0 ? '[]' : `a list of ${value.length}`;
  if (value instanceof Map) return value.size === 0 ? '{}' : `an object of ${value.size} keys`;
  if (typeof value === 'string') return quote(value, SHOWN_VALUE);
  const text = value instanceof Decimal ? value.text : JSON.stringify(value);
  return text.length > SHOWN_VALUE ? `${text.slice(0, SHOWN_VALUE)}…` : text;
}

function read(what: string, bytes: Buffer): { value: Json } | ReasonFinding {
  try {
    return { value: readJson(bytes) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return reason(
      `${what} is ${error instanceof JsonTooLarge ? 'too large to be compared as json' : 'no JSON'}: ${error.message}`,
    );
  }
}

function finding({ path, expected, actual }: JsonDifference): Finding {
  const where = `$${path.reverse().join('')}`;
  const shown = where.length > SHOWN_PATH ? `${where.slice(0, SHOWN_PATH)}…` : where;
  const side = (value: string | null): string => value ?? 'nothing';
  const texts = { expected: showJson(expected), actual: showJson(actual) };
  const text = `at ${shown}: expected ${side(texts.expected)}, got ${side(texts.actual)}`;
  return { kind: 'reason', reason: text, ...texts };
}

export const compareJson: Comparer = (expectedBytes, actualBytes) => {
  const expected = read('what was expected', expectedBytes);
  if ('kind' in expected) return expected;
  if (expectedBytes.equals(actualBytes)) return null;
  const actual = read('what was written', actualBytes);
  if ('kind' in actual) return actual;
  const found = differenceOf(expected.value, actual.value);
  return found === null ? null : finding(found);
};
