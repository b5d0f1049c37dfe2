import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { importsOf } from './imports.js';

/** File to the files it imports, all relative to the source root and with forward slashes. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function readGraph(root: string): ImportGraph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.[cm]?ts$/.test(name),
  );
  return new Map(files.sort().map((file) => [toPosix(file), localImports(root, file)]));
}

function localImports(root: string, file: string): string[] {
  return importsOf(readFileSync(join(root, file), 'utf8'))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => toPosix(relative(root, join(root, dirname(file), toSource(specifier)))));
}

/** NodeNext imports name the file that the compiler will write. */
function toSource(specifier: string): string {
  return specifier.replace(/\.([cm]?)js$/, '.$1ts');
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}
