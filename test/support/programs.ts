import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import type { JobInput } from '../../src/spec/index.js';

const fixtures = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}/`, import.meta.url));

/** Where programs are, in this order: what behaves in some way, and what tries to break out. */
const SOURCES = [fixtures('programs'), fixtures('attacks')] as const;
const BUILT = fileURLToPath(new URL('../../build/fixtures/', import.meta.url));

/** How a program is built: the kernel is asked in other ways by a dynamic loader, glibc, and 32-bit code. */
export const BUILDS = ['static', 'dynamic', '32-bit'] as const;
export type Build = (typeof BUILDS)[number];

const FLAGS = [
  '-O2',
  '-std=c11',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-missing-field-initializers',
];

/** The musl wrapper makes a 30 KB static binary; glibc's static one of 800 KB does as well, only slower. */
const findCompiler = once(() => {
  const found = ['musl-gcc', 'cc'].find(
    (name) => execaSync(name, ['--version'], { reject: false }).exitCode === 0,
  );
  if (found === undefined) throw new Error('fixtures/programs need a C compiler: install gcc, or musl-tools');
  return found;
});

const compilers: Readonly<Record<Build, () => readonly [string, ...string[]]>> = {
  static: () => [findCompiler(), '-static', ...FLAGS],
  dynamic: () => ['cc', ...FLAGS],
  '32-bit': () => ['cc', '-m32', '-static', ...FLAGS],
};

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Named by what goes in, so a changed source is a new file and an old one is never run by mistake. */
function builtPath(name: string, source: string, build: Build): string {
  const hash = createHash('sha256').update(compilers[build]().join(' '));
  for (const path of [source, join(SOURCES[0], 'bounded.h'), join(SOURCES[1], 'attempts.h')])
    hash.update(readFileSync(path));
  return join(BUILT, `${name}-${hash.digest('hex').slice(0, 16)}`);
}

function compile(source: string, target: string, build: Build): void {
  mkdirSync(BUILT, { recursive: true });
  // Several test processes may compile the same program: each makes its own file, and the last rename wins.
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  const [command, ...flags] = compilers[build]();
  const result = execaSync(command, [...flags, '-o', temporary, source], { reject: false });
  if (result.exitCode !== 0) {
    rmSync(temporary, { force: true });
    throw new Error(`${basename(source)} does not compile:\n${result.stderr}`);
  }
  renameSync(temporary, target);
}

function find(file: string): string | undefined {
  return SOURCES.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

function locate(name: string, build: Build): string {
  const asIs = /\.(sh|py)$/.test(name) ? find(name) : undefined;
  if (asIs !== undefined) return asIs;
  const source = find(`${name}.c`);
  if (source === undefined) throw new Error(`there is no program "${name}" in fixtures/{programs,attacks}`);
  const target = builtPath(name, source, build);
  if (!existsSync(target)) compile(source, target, build);
  return target;
}

const located = new Map<string, string>();

/** The absolute path of a program of fixtures: `exit-with` is compiled at first use, `hello.sh` is there already. */
export function program(name: string, build: Build = 'static'): string {
  const key = `${build} ${name}`;
  const known = located.get(key) ?? locate(name, build);
  located.set(key, known);
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

/** Every program, and the builds of some that tests ask for: compiled before a user comes who may not write here. */
export function compileAll(): void {
  for (const folder of SOURCES)
    for (const file of readdirSync(folder)) if (file.endsWith('.c')) program(basename(file, '.c'));
  program('try-kernel-interfaces', 'dynamic');
  program('exit-with', '32-bit');
}
