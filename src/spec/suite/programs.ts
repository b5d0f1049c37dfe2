import { createHash } from 'node:crypto';
import { formatBytes, nearest } from '../../core/index.js';
import type { JobFile } from '../files.js';
import { withAbsoluteHostPaths } from '../host-paths.js';
import { imageKind } from '../image.js';
import { type CheckedJob, jobSchema } from '../job.js';
import { inWorkdir } from '../paths.js';
import { SUITE_BOUNDS } from './bounds.js';
import { mergeJobs } from './merge.js';
import type { PathUses } from './path-uses.js';
import type { ProblemList } from './problem-list.js';
import { buildSchema } from './program-input.js';
import type { Build, Program } from './suite.js';
import {
  asMap,
  childOf,
  itemsOf,
  listTree,
  type MapTree,
  mapTree,
  omit,
  pick,
  plainOf,
  type Tree,
  textOf,
} from './tree.js';
import { checkUnsafe } from './unsafe.js';

/** What a build has from the job that it is for: everything but its command, limits, input and network. */
const OF_BUILD: ReadonlySet<string> = new Set([
  ...['image', 'env', 'envFile', 'workdir', 'user', 'hostname', 'files', 'mounts', 'tmpfs'],
  ...['isolation', 'readOnlyRoot', 'seccomp', 'allowDegraded'],
]);

/** What a checker or interactor has from the job that it is for: where it runs, and how well isolated. */
const OF_COMPANION: ReadonlySet<string> = new Set(['image', 'isolation', 'seccomp', 'allowDegraded']);

const SECCOMP: ReadonlySet<string> = new Set(['seccomp']);

/** The strict policy is for the program under test: compilers and checkers start others. */
function inherited(whole: MapTree, keys: ReadonlySet<string>): MapTree {
  const isStrict = textOf(whole.entries.get('seccomp')) === 'strict';
  return isStrict ? omit(pick(whole, keys), SECCOMP) : pick(whole, keys);
}

const BUILD: ReadonlySet<string> = new Set(['build']);
const ARGS: ReadonlySet<string> = new Set(['args']);

const COMMAND_KEYS = ['entrypoint', 'command'] as const;

/** With `args` put behind `command`: in a suite the two may come from different places. */
export function withArgs(tree: MapTree, more?: Tree): MapTree {
  const key = COMMAND_KEYS.find((one) => tree.entries.has(one)) ?? 'args';
  const lists = [...new Set([key, 'args'])].map((one) => tree.entries.get(one));
  const given = [...lists, more].filter((list) => list !== undefined);
  const [first] = given;
  if (first === undefined || !given.every((list) => list.kind === 'list')) return tree;
  const argv = listTree(given.flatMap(itemsOf), first.place);
  return mapTree(new Map([...omit(tree, ARGS).entries, [key, argv]]), tree.place);
}

const COMMAND_WORDS: ReadonlySet<string> = new Set(['command', 'entrypoint', 'cmd', 'argv', 'program']);

/** Whether the key is, or was meant to be, the one that says what to run. */
const isCommand = (key: string): boolean =>
  COMMAND_WORDS.has(key) || COMMAND_WORDS.has(nearest(key, Object.keys(jobSchema.in.shape)) ?? '');

/** What two builds have in common is a build of its own only if anything in it differs. */
function identityOf(job: CheckedJob): string {
  const text = JSON.stringify({ ...job, name: '' }, (_key, value: unknown) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const PARTS = ['stdin', 'limits', 'isolation', 'network', 'seccomp', 'allowDegraded'] as const;

type Parts = Pick<CheckedJob, (typeof PARTS)[number]>;

/** Those parts of a job that is wrong that are right by themselves; the defaults in place of the others. */
function readableParts(tree: MapTree): Parts {
  const shape = jobSchema.in.shape;
  const entries = PARTS.map((key) => {
    const given = tree.entries.get(key);
    const read = shape[key].safeParse(given === undefined ? undefined : plainOf(given));
    return [key, read.success ? read.data : shape[key].parse(undefined)];
  });
  return Object.fromEntries(entries) as Parts;
}

export interface ProgramServices {
  readonly problems: ProblemList;
  readonly paths: PathUses;
  /** Absolute. */
  readonly baseDir: string;
  /** Whether programs may have less than the usual sandbox. */
  readonly allowUnsafe: boolean;
}

/** Makes jobs out of trees, and keeps the builds that they need. */
export class ProgramReader {
  readonly #services: ProgramServices;
  readonly #builds = new Map<string, Build>();
  /** One copy of a file's bytes for all jobs that have it from one place. */
  readonly #files = new WeakMap<Tree, JobFile>();

  constructor(services: ProgramServices) {
    this.#services = services;
  }

  get builds(): readonly Build[] {
    return [...this.#builds.values()];
  }

  job(tree: MapTree): CheckedJob | undefined {
    const { problems, paths, baseDir, allowUnsafe } = this.#services;
    paths.addProgram(tree);
    const job = problems.parse(jobSchema, withArgs(tree));
    // What is wrong in one place is no reason to say nothing of the others.
    const parts = job ?? readableParts(tree);
    if (!allowUnsafe) checkUnsafe(parts, tree, problems);
    this.#checkStdin(parts, tree);
    this.#checkOutput(parts, tree);
    if (job === undefined) return this.#checkCommand(tree);
    const files = tree.entries.get('files');
    return withAbsoluteHostPaths(
      files === undefined ? job : { ...job, files: this.#shared(job.files, files) },
      baseDir,
    );
  }

  /** The build of a program, or null when it has none or only a wrong one. */
  build(
    tree: Tree | undefined,
    { name, whole, job }: { name: string; whole: MapTree; job: CheckedJob | undefined },
  ): string | null {
    if (tree?.kind !== 'map') return null;
    const { problems } = this.#services;
    if (problems.parse(buildSchema, tree) === undefined) return null;
    const merged = this.job(mergeJobs(inherited(whole, OF_BUILD), tree));
    if (merged === undefined) return null;
    if (merged.outputs.length === 0) problems.add(tree.place, 'is missing; list what it makes', ['outputs']);
    if (job !== undefined) this.#checkOutputs(merged, job, tree);
    const named = { ...merged, name };
    const id = identityOf(named);
    if (!this.#builds.has(id)) this.#builds.set(id, { id, name, job: named });
    return id;
  }

  /** A checker or interactor of the job `whole`. */
  companion(tree: Tree | undefined, whole: MapTree): Program | null {
    if (tree?.kind !== 'map') return null;
    const own = mergeJobs(inherited(whole, OF_COMPANION), omit(tree, BUILD));
    const job = this.job(own);
    const build = this.build(tree.entries.get('build'), { name: job?.name ?? '', whole: own, job });
    return job === undefined ? null : { job, build };
  }

  /** The shape's check stops before this when it finds something else. An unknown key may be what was meant. */
  #checkCommand(tree: MapTree): undefined {
    const image = textOf(tree.entries.get('image')) ?? 'host';
    if (imageKind(image).kind === 'store' || [...tree.entries.keys()].some(isCommand)) return;
    const message = 'is missing; write a list such as ["./program", "--flag"]';
    this.#services.problems.add(tree.place, message, ['command']);
  }

  /** A suite has nobody who could feed a program while it runs, but an interactor. */
  #checkStdin({ stdin }: Pick<CheckedJob, 'stdin'>, tree: MapTree): void {
    if (stdin.kind !== 'stream') return;
    const message = 'a suite has nothing to stream; use text, { path }, { base64 } or an interactor';
    this.#services.problems.add(tree.entries.get('stdin')?.place ?? tree.place, message);
  }

  /** All that a program writes is kept until it has been judged, and must have its place in memory. */
  #checkOutput({ limits: { outputBytes } }: Pick<CheckedJob, 'limits'>, tree: MapTree): void {
    const most = SUITE_BOUNDS.outputBytes;
    if (outputBytes !== null && outputBytes <= most) return;
    const limits = tree.entries.get('limits');
    const { place } = childOf(limits, 'output') ?? limits ?? tree;
    const message = `a suite keeps all output to judge it; at most ${formatBytes(most)} of each stream`;
    this.#services.problems.add(place, message);
  }

  #checkOutputs(build: CheckedJob, job: CheckedJob, tree: MapTree): void {
    const places = new Set(job.files.map(({ dest }) => inWorkdir(dest, job.workdir)));
    const items = itemsOf(childOf(tree, 'outputs'));
    for (const [index, output] of build.outputs.entries()) {
      if (!places.has(inWorkdir(output, job.workdir))) continue;
      const { place } = items[index] ?? tree;
      this.#services.problems.add(place, 'has the path of one of the files of the job');
    }
  }

  #shared(files: readonly JobFile[], tree: Tree): readonly JobFile[] {
    // In the order that objects give their keys, which is not that of the map: numbers come first.
    const keys = Object.keys(Object.fromEntries([...asMap(tree).entries.keys()].map((key) => [key, 0])));
    return files.map((file, index) => {
      const own = childOf(tree, keys[index] ?? '');
      const known = own === undefined ? undefined : this.#files.get(own);
      if (known?.dest === file.dest) return known;
      if (own !== undefined) this.#files.set(own, file);
      return file;
    });
  }
}
