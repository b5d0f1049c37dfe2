/** Cases that a suite has as pairs of files, `cases: { glob: "tests/*.in", expect: "{stem}.out" }`, as the list that they stand for. */
import { basename, dirname, extname, isAbsolute } from 'node:path';
import { glob } from 'tinyglobby';
import { invalidSpec, quote } from '../../core/index.js';
import { caseFilesSchema } from './input.js';
import { partsOf } from './parts.js';
import type { ProblemList } from './problem-list.js';
import { hasPlaceholder } from './substitute.js';
import {
  childOf,
  leafTree,
  listTree,
  type MapTree,
  mapTree,
  omit,
  type Place,
  plainOf,
  type Tree,
} from './tree.js';

interface Where {
  /** Of the suite; absolute. */
  readonly baseDir: string;
  /** Whether a path may lead out of it. */
  readonly allowOutside: boolean;
  readonly problems: ProblemList;
}

/** As people count: 2 comes before 10. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** The part of the pattern before the first component with a wildcard, which is the same in all names. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  const fixed = parts.slice(0, first < 0 ? -1 : first).join('/');
  return fixed === '' ? '' : `${fixed}/`;
}

/** Nothing outside is looked at, not even whether it is there. */
function checkPattern(pattern: string, { allowOutside }: Where): void {
  if (hasPlaceholder(pattern))
    throw invalidSpec('files are looked for before a matrix is; write the names out');
  if (!allowOutside && (isAbsolute(pattern) || pattern.split('/').includes('..')))
    throw invalidSpec(`${quote(pattern)} may lie outside of the directory of the suite (--allow-outside)`);
}

/** Symbolic links are not followed: what is found lies where it was looked for. */
async function filesOf(pattern: string, where: Where): Promise<string[]> {
  checkPattern(pattern, where);
  const options = { onlyFiles: true, followSymbolicLinks: false, expandDirectories: false };
  const files = await glob([pattern], { cwd: where.baseDir, ...options });
  if (files.length === 0) throw invalidSpec(`no file matches ${quote(pattern)}`);
  return files.sort(compare);
}

const stemOf = (file: string): string => file.slice(0, file.length - extname(file).length);

/** `{stem}`: the path without its extension; `{name}`: the name without it; `{dir}`: the directory. */
function filled(template: string, file: string): string {
  const parts: Readonly<Record<string, string>> = {
    stem: stemOf(file),
    name: basename(stemOf(file)),
    dir: dirname(file),
  };
  return template.replace(/\{(\w+)\}/g, (written: string, key: string) => parts[key] ?? written);
}

/** Values without a place of their own in the text: a problem with them is shown at the list. */
class Maker {
  readonly #offset: number;

  constructor({ offset }: Place) {
    this.#offset = offset;
  }

  at(above: Place, key: string | number): Place {
    return { above, key, keyOffset: this.#offset, offset: this.#offset };
  }

  map(place: Place, parts: Readonly<Record<string, (place: Place) => Tree>>): MapTree {
    const entries = Object.entries(parts).map(([key, make]) => [key, make(this.at(place, key))] as const);
    return mapTree(new Map(entries), place);
  }
}

const leaf = (value: unknown) => (place: Place) => leafTree(value, place);

async function listOfFiles(tree: MapTree, where: Where): Promise<Tree> {
  // What is wrong with it is found, and said, with all the rest.
  const read = caseFilesSchema.safeParse(plainOf(tree));
  if (!read.success) return tree;
  const { glob: pattern, expect, ...comparing } = read.data;
  const files = await filesOf(pattern, where);
  const maker = new Maker(childOf(tree, 'glob')?.place ?? tree.place);
  const compared = Object.fromEntries(Object.entries(comparing).map(([key, value]) => [key, leaf(value)]));
  const prefix = fixedPart(pattern);
  const items = files.map((file, index) => {
    const answer = expect === undefined ? null : filled(expect, file);
    const stdout = (place: Place) => maker.map(place, { path: leaf(answer), ...compared });
    return maker.map(maker.at(tree.place, index), {
      name: leaf(stemOf(file).slice(prefix.length)),
      stdin: (place) => maker.map(place, { path: leaf(file) }),
      ...(answer === null ? {} : { expect: (place: Place) => maker.map(place, { stdout }) }),
    });
  });
  return listTree(items, tree.place);
}

const CASES: ReadonlySet<string> = new Set(['cases']);

async function withList(part: Tree, where: Where): Promise<Tree> {
  const cases = childOf(part, 'cases');
  if (part.kind !== 'map' || cases?.kind !== 'map') return part;
  const list = await where.problems.attemptAsync(childOf(cases, 'glob')?.place ?? cases.place, () =>
    listOfFiles(cases, where),
  );
  // What is wrong with them was said; the rest of the job may have problems of its own.
  const without = omit(part, CASES);
  return list === undefined ? without : mapTree(new Map([...without.entries, ['cases', list]]), part.place);
}

async function each(trees: Iterable<Tree>, where: Where): Promise<Tree[]> {
  const done: Tree[] = [];
  for (const tree of trees) done.push(await withList(tree, where));
  return done;
}

async function ofParts(parts: Tree, where: Where): Promise<Tree> {
  if (parts.kind === 'leaf') return parts;
  if (parts.kind === 'list') return listTree(await each(parts.items, where), parts.place);
  const values = await each(parts.entries.values(), where);
  return mapTree(
    new Map([...parts.entries.keys()].map((key, index) => [key, values[index] as Tree])),
    parts.place,
  );
}

const hasCaseFiles = (part: Tree): boolean => childOf(part, 'cases')?.kind === 'map';

/** The suite with every case that it has as files written out; problems are added where files are missing. */
export async function withCaseFiles(suite: Tree, where: Where): Promise<Tree> {
  if (suite.kind !== 'map' || ![...partsOf(suite)].some(hasCaseFiles)) return suite;
  const entries = new Map(suite.entries);
  for (const key of ['jobs', 'templates']) {
    const parts = suite.entries.get(key);
    if (parts !== undefined) entries.set(key, await ofParts(parts, where));
  }
  return mapTree(entries, suite.place);
}
