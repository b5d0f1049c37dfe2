import type { ImportGraph } from './graph.js';

export type Layers = ReadonlyMap<string, readonly string[]>;

/** One line for each import that the table forbids. */
export function forbiddenImports(graph: ImportGraph, layers: Layers): string[] {
  return [...graph].flatMap(([file, targets]) => {
    const layer = layerOf(file);
    const allowed = layers.get(layer);
    if (allowed === undefined) return [`${file}: src/${layer} is not in the table of layers`];
    return targets
      .map((target) => ({ target, layer: layerOf(target) }))
      .filter(({ layer: other }) => other !== layer && !allowed.includes(other))
      .map(({ target }) => `${file}: may not import ${target} (${layer} may import ${list(allowed)})`);
  });
}

function layerOf(file: string): string {
  return file.slice(0, Math.max(file.indexOf('/'), 0)) || file;
}

function list(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'nothing' : allowed.join(', ');
}

/** One line for each cycle that a depth-first walk closes: `a.ts -> b.ts -> a.ts`. */
export function cycles(graph: ImportGraph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`cycle: ${[...path.slice(start), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
