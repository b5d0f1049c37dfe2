import type * as z from 'zod';
import { caseSchema, suiteSchema } from './input.js';
import { partsOf } from './parts.js';
import type { ProblemList } from './problem-list.js';
import { hasPlaceholder } from './substitute.js';
import { childOf, itemsOf, listTree, type MapTree, mapTree, plainOf, type Tree, textOf } from './tree.js';

/**
 * Each part of the file by itself, used or not. Text with placeholders is no problem before they are replaced, nor is a
 * part that says only how to compare, and leaves it to another what with.
 */
export function checkShape(suite: Tree, problems: ProblemList): void {
  problems.parse(suiteSchema, withoutCases(suite), isLater);
  // One by one: what the schema makes of them all would take more memory than they do.
  for (const part of partsOf(suite)) {
    for (const item of itemsOf(childOf(part, 'cases'))) {
      if (!isPlainlyRight(item)) problems.parse(caseSchema, item, isLater);
    }
  }
}

const CASE_KEYS: Readonly<Record<string, z.ZodType>> = caseSchema.shape;

/** As the schema would find, of the keys that are there: asking for all that a case may have takes most of the time. */
function isPlainlyRight(item: Tree): boolean {
  if (item.kind !== 'map' || !item.entries.has('name')) return false;
  for (const [key, value] of item.entries) {
    const schema = Object.hasOwn(CASE_KEYS, key) ? CASE_KEYS[key] : undefined;
    if (schema?.safeParse(plainOf(value)).success !== true) return false;
  }
  return true;
}

function isLater(found: Tree, message: string): boolean {
  const text = textOf(found);
  return (text !== undefined && hasPlaceholder(text)) || message.startsWith('is missing a source');
}

function withEntry(map: MapTree, key: string, change: (value: Tree) => Tree): MapTree {
  const value = map.entries.get(key);
  if (value === undefined) return map;
  return mapTree(new Map([...map.entries, [key, change(value)]]), map.place);
}

const emptied = (list: Tree): Tree => (list.kind === 'list' ? listTree([], list.place) : list);

const ofPart = (part: Tree): Tree => (part.kind === 'map' ? withEntry(part, 'cases', emptied) : part);

function ofParts(parts: Tree): Tree {
  if (parts.kind === 'list') return listTree(parts.items.map(ofPart), parts.place);
  if (parts.kind === 'leaf') return parts;
  return mapTree(new Map([...parts.entries].map(([key, part]) => [key, ofPart(part)])), parts.place);
}

/** The suite with no case in any list of cases. */
function withoutCases(suite: Tree): Tree {
  if (suite.kind !== 'map') return suite;
  const withJobs = withEntry(suite, 'jobs', (jobs) => (jobs.kind === 'list' ? ofParts(jobs) : jobs));
  return withEntry(withJobs, 'templates', (templates) =>
    templates.kind === 'map' ? ofParts(templates) : templates,
  );
}
