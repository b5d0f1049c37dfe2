import type * as z from 'zod';
import { quote } from '../../core/index.js';
import { withAbsoluteStdin } from '../host-paths.js';
import { type CheckedJob, jobSchema } from '../job.js';
import { inWorkdir } from '../paths.js';
import type { ExpectationReader } from './expectations.js';
import { settingsSchema } from './input.js';
import { mergeKey } from './merge.js';
import { type ProgramReader, type ProgramServices, withArgs } from './programs.js';
import type { Case, Expect, Program } from './suite.js';
import { type MapTree, mapTree, pick, plainOf, type Tree, textOf } from './tree.js';

/** A case before it is known what the names in `needs` stand for. */
export type CaseDraft = Omit<Case, 'needs'>;

/** Parts of its job's program that a case may change. */
const CHANGEABLE = ['stdin', 'env', 'files', 'limits', 'labels'] as const;

/** What the changed parts are checked against. */
const CONTEXT: ReadonlySet<string> = new Set(['image', 'command', 'entrypoint', 'args', 'workdir']);

const SETTINGS: ReadonlySet<string> = new Set(['retries', 'priority', 'points']);

type Settings = z.output<typeof settingsSchema>;

export interface CaseServices extends ProgramServices {
  readonly programs: ProgramReader;
  readonly expectations: ExpectationReader;
}

/** What the cases of a job have in common. */
export interface JobScope {
  readonly whole: MapTree;
  readonly name: string;
  /** Undefined when it could not be read; the cases are read all the same, for their own problems. */
  readonly job: CheckedJob | undefined;
  readonly build: string | null;
  readonly settings: Settings;
}

interface Parts {
  readonly name: string | null;
  readonly job: CheckedJob | undefined;
  readonly expect: Expect | undefined;
  readonly interactor: Program | null;
  readonly settings: Settings;
}

/** Reads the cases of one job; what they do not change is shared by all of them. */
export class CaseReader {
  readonly #services: CaseServices;
  readonly #scope: JobScope;
  readonly #names = new Set<string>();
  #shared: Program | null | undefined;
  #sharedExpect: Expect | undefined;
  #sharedProgram: Program | undefined;

  constructor(services: CaseServices, scope: JobScope) {
    this.#services = services;
    this.#scope = scope;
  }

  cases(): CaseDraft[] {
    const cases = this.#scope.whole.entries.get('cases');
    if (cases === undefined) return this.#unnamed();
    if (cases.kind !== 'list') return [];
    const message = 'is empty; leave it out for a job without cases';
    if (cases.items.length === 0) this.#services.problems.add(cases.place, message);
    return cases.items.flatMap((item) => (item.kind === 'map' ? this.#named(item) : []));
  }

  #unnamed(): CaseDraft[] {
    const { whole, job, settings } = this.#scope;
    const expect = this.#expect(undefined);
    return this.#case({ name: null, job, expect, interactor: this.#interactor(undefined), settings }, whole);
  }

  #named(tree: MapTree): CaseDraft[] {
    const parts = {
      name: this.#nameOf(tree),
      job: this.#changed(tree),
      expect: this.#expect(tree),
      interactor: this.#interactor(tree),
      settings: this.#settings(tree),
    };
    return this.#case(parts, tree);
  }

  #settings(tree: MapTree): Settings {
    const { settings } = this.#scope;
    const own = pick(tree, SETTINGS);
    if (own.entries.size === 0) return settings;
    return { ...settings, ...this.#services.problems.parse(settingsSchema, own) };
  }

  /** Null when it is missing, which the shape's check reports. */
  #nameOf(tree: MapTree): string | null {
    const given = tree.entries.get('name');
    const name = textOf(given);
    if (given === undefined || name === undefined) return null;
    const message = `${quote(name)} is already the name of a case of this job`;
    if (this.#names.has(name)) this.#services.problems.add(given.place, message);
    this.#names.add(name);
    return name;
  }

  #merged(key: string, tree: MapTree): Tree | undefined {
    const above = this.#scope.whole.entries.get(key);
    const own = tree.entries.get(key);
    return own === undefined ? above : mergeKey(key, above, own);
  }

  #expect(tree: MapTree | undefined): Expect | undefined {
    const { expectations } = this.#services;
    const { whole } = this.#scope;
    if (tree?.entries.has('expect') === true) return expectations.expect(this.#merged('expect', tree), whole);
    this.#sharedExpect ??= expectations.expect(whole.entries.get('expect'), whole);
    return this.#sharedExpect;
  }

  /** One for all cases that change neither, of which there may be a hundred thousand. */
  #program(job: CheckedJob, expect: Expect): Program {
    const { build, name } = this.#scope;
    const named = job.name === name ? job : copyOf(job, { name });
    const make = (): Program => ({ job: withOutputs(named, expect), build });
    if (job !== this.#scope.job || expect !== this.#sharedExpect) return make();
    this.#sharedProgram ??= make();
    return this.#sharedProgram;
  }

  #interactor(tree: MapTree | undefined): Program | null {
    const { programs } = this.#services;
    const { whole } = this.#scope;
    if (tree?.entries.has('interactor') === true) {
      return programs.companion(this.#merged('interactor', tree), whole);
    }
    this.#shared ??= programs.companion(whole.entries.get('interactor'), whole);
    return this.#shared;
  }

  #case({ name, job, expect, interactor, settings }: Parts, tree: MapTree): CaseDraft[] {
    if (job === undefined || expect === undefined) return [];
    if (interactor !== null) this.#checkInput(job, expect, tree);
    const { name: jobName } = this.#scope;
    const { retries = 0, priority = 0, exclusive = false, points = null } = settings;
    const program = this.#program(job, expect);
    const { labels } = job;
    return [
      { job: jobName, case: name, program, expect, interactor, retries, points, priority, exclusive, labels },
    ];
  }

  /** With an interactor only a checker can read what stands in `stdin`. */
  #checkInput({ stdin }: CheckedJob, { checker }: Expect, tree: MapTree): void {
    if (stdin.kind === 'empty' || checker !== null) return;
    const { place } = this.#merged('stdin', tree) ?? tree;
    this.#services.problems.add(place, 'is never read: the interactor writes what the program reads');
  }

  /** Only what the case changes is read again. */
  #changed(tree: MapTree): CheckedJob | undefined {
    const { whole, job } = this.#scope;
    const changed = CHANGEABLE.filter((key) => tree.entries.has(key));
    const args = tree.entries.get('args');
    if (changed.length === 0 && args === undefined) return job;
    const isInput = changed.length === 1 && changed[0] === 'stdin' && args === undefined;
    const read = isInput ? this.#withInput(tree) : undefined;
    if (read !== undefined) return read;
    const entries = new Map(pick(whole, CONTEXT).entries);
    for (const key of changed) entries.set(key, this.#merged(key, tree) as Tree);
    const own = this.#services.programs.job(withArgs(mapTree(entries, whole.place), args));
    if (own === undefined || job === undefined) return undefined;
    const parts = Object.fromEntries(changed.map((key) => [key, own[key]])) as Partial<CheckedJob>;
    return copyOf(job, { ...parts, entrypoint: own.entrypoint, command: own.command });
  }

  /** What most cases change, and nothing else of the job depends on. Undefined when it has to be looked at more closely. */
  #withInput(tree: MapTree): CheckedJob | undefined {
    const { whole, job } = this.#scope;
    const given = this.#merged('stdin', tree);
    if (job === undefined || given === undefined) return undefined;
    const read = STDIN.safeParse(plainOf(given));
    if (!read.success || read.data.kind === 'stream') return undefined;
    const { paths, baseDir } = this.#services;
    paths.addProgram(mapTree(new Map([['stdin', given]]), whole.place));
    return copyOf(job, { stdin: withAbsoluteStdin(read.data, baseDir) });
  }
}

const STDIN = jobSchema.in.shape.stdin;

/** Not spread, which may give each copy a hidden class of its own; there may be a hundred thousand. */
const copyOf = (job: CheckedJob, changes: Partial<CheckedJob>): CheckedJob => Object.assign({}, job, changes);

/** What is expected of a file is also copied out. */
function withOutputs(job: CheckedJob, expect: Expect): CheckedJob {
  const places = new Set(job.outputs.map((path) => inWorkdir(path, job.workdir)));
  const missing = expect.outputs
    .map(({ path }) => path)
    .filter((path) => !places.has(inWorkdir(path, job.workdir)));
  return missing.length === 0 ? job : copyOf(job, { outputs: [...job.outputs, ...missing] });
}
