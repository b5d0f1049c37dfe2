import { type MapTree, mapTree, type Tree } from './tree.js';

/**
 * Keys that say one thing in several ways: who says it anew replaces all that was said before. Without this, a file given
 * by path could not be replaced by one given as text.
 */
const SOURCE_KEYS: readonly string[] = ['content', 'text', 'path', 'base64', 'matches', 'stream'];

/** Keys whose values are maps of the user's own keys, so that none of them means anything here. */
const FREE: ReadonlySet<string> = new Set(['env', 'labels', 'matrix', 'files', 'outputs']);
const SOURCES: ReadonlySet<string> = new Set(['stdin', 'stdout', 'stderr']);
const PROGRAMS: ReadonlySet<string> = new Set(['build', 'checker', 'interactor']);

type Role = 'program' | 'expect' | 'source' | 'sources' | 'free' | 'whole' | 'other';

/** What the value of a key is, by what the map is that has it. */
function roleOf(key: string, above: Role): Role {
  if (above === 'sources') return 'source';
  if (above !== 'program' && above !== 'expect') return 'other';
  if (key === 'files' || (key === 'outputs' && above === 'expect')) return 'sources';
  if (SOURCES.has(key)) return 'source';
  if (PROGRAMS.has(key)) return 'program';
  if (key === 'expect') return 'expect';
  // Half of one policy and half of another would be none that anybody has thought of.
  if (key === 'seccomp') return 'whole';
  return FREE.has(key) ? 'free' : 'other';
}

/** What is gone of the base when the key on the left is said anew. */
type Replacing = Readonly<Record<string, readonly string[]>>;

const each = (keys: readonly string[], gone: readonly string[]): Replacing =>
  Object.fromEntries(keys.map((key) => [key, gone]));

const COMPARING = ['compare', 'tolerance', 'flags'];

const NOTHING: Replacing = {};

const REPLACED: Readonly<Record<Role, Replacing>> = {
  // Arguments belong to the program that they were written for.
  program: each(['command', 'entrypoint'], ['command', 'entrypoint', 'args']),
  expect: each(['status', 'exitCode', 'signal'], ['status', 'exitCode', 'signal']),
  source: { ...each(SOURCE_KEYS, SOURCE_KEYS), compare: COMPARING, matches: [...SOURCE_KEYS, ...COMPARING] },
  sources: NOTHING,
  free: NOTHING,
  whole: NOTHING,
  other: NOTHING,
};

/** The keys of `base` that `over` says in another way. */
function replaced(over: MapTree, role: Role): ReadonlySet<string> {
  const replacing = REPLACED[role];
  const gone = [...over.entries.keys()].flatMap((key) =>
    Object.hasOwn(replacing, key) ? replacing[key] : [],
  );
  return new Set(gone.filter((key) => key !== undefined));
}

function mergeMaps(base: MapTree, over: MapTree, role: Role): MapTree {
  const gone = replaced(over, role);
  const merged = new Map([...base.entries].filter(([key]) => !gone.has(key)));
  for (const [key, value] of over.entries) {
    const below = merged.get(key);
    merged.set(key, below === undefined ? value : merge(below, value, roleOf(key, role)));
  }
  return mapTree(merged, over.place);
}

function merge(base: Tree, over: Tree, role: Role): Tree {
  return role !== 'whole' && base.kind === 'map' && over.kind === 'map' ? mergeMaps(base, over, role) : over;
}

/** The job with what `over` says over what `base` says: maps are merged, everything else is replaced. */
export const mergeJobs = (base: MapTree, over: MapTree): MapTree => mergeMaps(base, over, 'program');

/** The value of one key of a job. */
export function mergeKey(key: string, base: Tree | undefined, over: Tree): Tree {
  return base === undefined ? over : merge(base, over, roleOf(key, 'program'));
}
