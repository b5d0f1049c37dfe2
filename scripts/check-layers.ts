/** Fails when a file under src/ imports what the table of layers forbids, or when imports form a cycle. */
import { join } from 'node:path';
import { cycles, forbiddenImports } from './layers/check.js';
import { readGraph } from './layers/graph.js';
import { LAYERS } from './layers/table.js';

const graph = readGraph(join(import.meta.dirname, '..', 'src'));
const problems = [...forbiddenImports(graph, LAYERS), ...cycles(graph)];
for (const problem of problems) console.error(problem);
console.log(`layers: ${graph.size} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
