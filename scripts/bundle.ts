/**
 * What is installed: the compiled modules (lib) joined into a few files (dist), since reading hundreds takes longer than what
 * they do; without what nobody imports, which is most of zod. Packages that bring files of their own, or are rarely needed, stay
 * packages.
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';
import { globSync } from 'tinyglobby';

const root = join(import.meta.dirname, '..');
const compiled = join(root, 'lib');
const out = join(root, 'dist');

/** The command, the library, and what threads run. */
const ENTRIES = [
  'cli/main',
  'engine/index',
  'engine/pool-thread',
  'engine/reports/thread',
  'engine/images/thread',
];

const WIDTH = join(root, 'node_modules/string-width/index.js');

/** Small, and needed by every command. */
const JOINED = ['commander', 'picocolors', 'string-width', 'zod'];

/** Our modules do nothing but define things, so that those that nobody imports from can go. */
const defineOnly: Plugin = {
  name: 'define only',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) =>
      kind === 'entry-point' || !resolveDir.startsWith(compiled)
        ? undefined
        : { path: resolve(resolveDir, path), sideEffects: false },
    );
  },
};

/** It takes 30 ms to get ready, and most text that it is asked about is plain. */
const lazyWidth: Plugin = {
  name: 'lazy string-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ path }) => ({ path, namespace: 'lazy' }));
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `export default (text) => /^[ -~]*$/.test(text) ? text.length : require('${WIDTH}').default(text);`,
      resolveDir: root,
    }));
  },
};

function packageOf(input: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

/** The licences of what is joined in ask for their text. */
function writeNotices({ outputs }: Metafile): void {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = [...new Set(inputs.flatMap((input) => packageOf(input) ?? []))].sort();
  const texts = names.map((name) => {
    const [licence] = globSync(`node_modules/${name}/licen[cs]e*`, { cwd: root, caseSensitiveMatch: false });
    if (licence === undefined) throw new Error(`${name} has no licence to go with it`);
    return `${name}\n\n${readFileSync(join(root, licence), 'utf8')}`;
  });
  writeFileSync(join(out, 'third-party-licences.txt'), texts.join('\n---\n\n'));
}

const dependencies = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }).dependencies,
);
// What an earlier build left stays: a command that runs meanwhile may still import it. Packing begins without it.
const { metafile } = await bundle({
  absWorkingDir: root,
  entryPoints: ENTRIES.map((name) => ({ in: join(compiled, `${name}.js`), out: name })),
  outdir: out,
  // As deep below the package's root as every module that asks where it is.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.20',
  // Not made smaller: Node shows the line that an error comes from, which would be all of it.
  external: dependencies.filter((name) => !JOINED.includes(name)),
  // What is left of CommonJS in there asks for Node's own modules.
  banner: {
    js: "import{createRequire as $require}from'node:module';const require=$require(import.meta.url);",
  },
  plugins: [defineOnly, lazyWidth],
  metafile: true,
  logLevel: 'warning',
});
writeNotices(metafile);
chmodSync(join(out, 'cli/main.js'), 0o755);
