import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cycles, forbiddenImports } from '../../../scripts/layers/check.js';
import { readGraph } from '../../../scripts/layers/graph.js';
import { importsOf } from '../../../scripts/layers/imports.js';
import { LAYERS } from '../../../scripts/layers/table.js';

describe('importsOf', () => {
  it.each([
    [`import { a } from './a.js';`, './a.js'],
    [`import type { A } from './type.js';`, './type.js'],
    [`import {\n  type A,\n  b,\n} from "./lines.js";`, './lines.js'],
    [`import * as all from './all.js';`, './all.js'],
    [`import './effect.js';`, './effect.js'],
    [`export { a } from './again.js';`, './again.js'],
    [`export * from './star.js';`, './star.js'],
    [`export type { A } from './type-again.js';`, './type-again.js'],
    [`const late = await import('./late.js');`, './late.js'],
    [`let a: import('./inline-type.js').A;`, './inline-type.js'],
    [`import data from './data.json' with { type: 'json' };`, './data.json'],
  ])('finds the specifier of %s', (source, specifier) => {
    expect(importsOf(source)).toEqual([specifier]);
  });

  it.each([
    [`// import { a } from './a.js';`],
    [`/* import { a } from './a.js'; */`],
    ['const text = `import { a } from "./a.js"`;'],
    [`const text = "import './a.js'";`],
    [`export const from = 'here';`],
    [`export function load() { return Array.from('./a.js'); }`],
    [`const here = import.meta.url;`],
  ])('finds none in %s', (source) => {
    expect(importsOf(source)).toEqual([]);
  });
});

describe('a source tree', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hotcell-layers-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function write(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return readGraph(root);
  }

  it('may import downwards and inside its own folder', () => {
    const graph = write({
      'core/a.ts': '',
      'spec/b.ts': `import { a } from '../core/a.js'; import './deep/c.js';`,
      'spec/deep/c.ts': `import { z } from 'zod';`,
      'cli/main.ts': `import '../engine/index.js';`,
      'engine/index.ts': `export * from '../spec/b.js';`,
    });
    expect(forbiddenImports(graph, LAYERS)).toEqual([]);
    expect(cycles(graph)).toEqual([]);
  });

  it('may not import upwards, even a type', () => {
    const graph = write({ 'core/a.ts': `import type { B } from '../spec/b.js';`, 'spec/b.ts': '' });
    expect(forbiddenImports(graph, LAYERS)).toEqual([
      'core/a.ts: may not import spec/b.ts (core may import nothing)',
    ]);
  });

  it('may not reach around its neighbour', () => {
    const graph = write({ 'cli/main.ts': `import '../launcher/client.js';`, 'launcher/client.ts': '' });
    expect(forbiddenImports(graph, LAYERS)).toHaveLength(1);
  });

  it('may not leave the sources', () => {
    const graph = write({ 'core/a.ts': `import '../../test/support/a.js';` });
    expect(forbiddenImports(graph, LAYERS)).toHaveLength(1);
  });

  it('may not have a folder that the table does not know', () => {
    const graph = write({ 'misc/a.ts': '', 'main.ts': '' });
    expect(forbiddenImports(graph, LAYERS)).toEqual([
      'main.ts: src/main.ts is not in the table of layers',
      'misc/a.ts: src/misc is not in the table of layers',
    ]);
  });

  it('has its cycles named', () => {
    const graph = write({
      'core/a.ts': `import type { B } from './b.js';`,
      'core/b.ts': `export * from './c.js';`,
      'core/c.ts': `import './a.js';`,
      'core/self.ts': `import './self.js';`,
    });
    expect(cycles(graph)).toEqual([
      'cycle: core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts',
      'cycle: core/self.ts -> core/self.ts',
    ]);
  });
});
