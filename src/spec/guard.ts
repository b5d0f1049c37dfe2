import { show } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { formatPath } from './problems.js';

interface Visit {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

function children({ value, path }: Visit): Visit[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (Array.isArray(value)) return value.map((item, index) => ({ value: item, path: [...path, index] }));
  return Object.keys(value).map((key) => ({
    value: (value as Record<string, unknown>)[key],
    path: [...path, key],
  }));
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function problemAt({ value, path }: Visit): string | undefined {
  const place = path.length === 0 ? '' : `${formatPath(path)}: `;
  if (path.length > BOUNDS.depth)
    return `${place}nested too deeply; at most ${BOUNDS.depth} levels (is there a cycle?)`;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__')) return undefined;
  return `${place}has the key "__proto__", which is not allowed anywhere`;
}

/**
 * What is wrong with the build of a value before anyone asks what it means: too many values, too much nesting, a cycle,
 * or a `__proto__` key (JSON.parse makes them, and copying one replaces the prototype of the copy). One line, or
 * undefined.
 */
export function structureProblem(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input) || ArrayBuffer.isView(input)) {
    return `${show(input)} is not a job; write an object such as { command: ["./program"] }`;
  }
  const open: Visit[] = [{ value: input, path: [] }];
  let budget: number = BOUNDS.values;
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const problem = problemAt(visit);
    if (problem !== undefined) return problem;
    budget -= countOf(visit.value);
    if (budget < 0) return `the job has too many values; at most ${BOUNDS.values}`;
    // Not spread into one call: a quarter of a million arguments overflow the stack.
    for (const child of children(visit)) open.push(child);
  }
  return undefined;
}
