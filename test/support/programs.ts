import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import type { JobInput } from '../../src/spec/index.js';

const SOURCES = fileURLToPath(new URL('../../fixtures/programs/', import.meta.url));
const BUILT = fileURLToPath(new URL('../../build/fixtures/', import.meta.url));

const FLAGS = ['-static', '-O2', '-std=c11', '-pthread', '-Wall', '-Wextra', '-Werror'];

/** The musl wrapper makes a 30 KB static binary; glibc's static one of 800 KB does as well, only slower. */
const findCompiler = once(() => {
  const found = ['musl-gcc', 'cc'].find(
    (name) => execaSync(name, ['--version'], { reject: false }).exitCode === 0,
  );
  if (found === undefined) throw new Error('fixtures/programs need a C compiler: install gcc, or musl-tools');
  return found;
});

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Named by what goes in, so a changed source is a new file and an old one is never run by mistake. */
function builtPath(name: string, source: string): string {
  const hash = createHash('sha256').update([findCompiler(), ...FLAGS].join(' '));
  for (const path of [source, join(SOURCES, 'bounded.h')]) hash.update(readFileSync(path));
  return join(BUILT, `${name}-${hash.digest('hex').slice(0, 16)}`);
}

function compile(source: string, target: string): void {
  mkdirSync(BUILT, { recursive: true });
  // Several test processes may compile the same program: each makes its own file, and the last rename wins.
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  const result = execaSync(findCompiler(), [...FLAGS, '-o', temporary, source], { reject: false });
  if (result.exitCode !== 0) {
    rmSync(temporary, { force: true });
    throw new Error(`${basename(source)} does not compile:\n${result.stderr}`);
  }
  renameSync(temporary, target);
}

function locate(name: string): string {
  const asIs = join(SOURCES, name);
  if (/\.(sh|py)$/.test(name) && existsSync(asIs)) return asIs;
  const source = join(SOURCES, `${name}.c`);
  if (!existsSync(source)) throw new Error(`there is no program "${name}" in fixtures/programs`);
  const target = builtPath(name, source);
  if (!existsSync(target)) compile(source, target);
  return target;
}

const located = new Map<string, string>();

/** The absolute path of a program of fixtures/programs: `exit-with` is compiled at first use, `hello.sh` is there already. */
export function program(name: string): string {
  const known = located.get(name) ?? locate(name);
  located.set(name, known);
  return known;
}

/** A job that runs one of the programs as a user would have it run: copied into the sandbox's working directory. */
export function programJob(
  name: string,
  args: readonly (string | number)[] = [],
  rest: Partial<JobInput> = {},
): JobInput {
  return {
    ...rest,
    command: [`./${name}`, ...args.map(String)],
    files: { [name]: { path: program(name), mode: '0755' }, ...rest.files },
  };
}
