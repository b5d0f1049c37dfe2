/** TypeScript made into the JavaScript that its imports name, beside it: what would take a minute inside takes a moment outside. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { globSync } from 'tinyglobby';

export async function transpile(project: string, folders: readonly string[]): Promise<void> {
  const patterns = folders.map((folder) => `${folder}/**/*.ts`);
  const sources = globSync(patterns, { cwd: project, absolute: true });
  const settings = { format: 'esm', platform: 'node', target: 'es2022', logLevel: 'warning' } as const;
  await build({ entryPoints: sources, outbase: project, outdir: project, bundle: false, ...settings });
  for (const source of sources) rmSync(join(project, source.slice(project.length)));
}
