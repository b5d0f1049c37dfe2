import { quote } from '../../core/index.js';
import { BOUNDS } from '../bounds.js';
import type { Job } from '../job.js';
import { inWorkdir } from '../paths.js';
import { ExpectationReader } from './expectations.js';
import { PROGRAM_KEYS, settingsSchema } from './input.js';
import { suffixOf } from './matrix.js';
import { mergeKey } from './merge.js';
import { ProgramReader, type ProgramServices, withArgs } from './programs.js';
import type { Values } from './substitute.js';
import type { Case, Expect } from './suite.js';
import { type MapTree, mapTree, pick, type Tree, textOf } from './tree.js';

/** Parts of its job's program that a case may change. */
const CHANGEABLE = ['stdin', 'env', 'files', 'limits', 'labels'] as const;

/** What the changed parts are checked against. */
const CONTEXT: ReadonlySet<string> = new Set(['command', 'entrypoint', 'args', 'workdir']);

const SETTINGS: ReadonlySet<string> = new Set(['retries', 'priority', 'exclusive']);
const CASE_SETTINGS: ReadonlySet<string> = new Set(['retries', 'priority']);

/** A job of a suite after its matrix was expanded. */
export interface ReadJob {
  /** Without the matrix's values; undefined when it could not be read. */
  readonly base: string | undefined;
  readonly name: string | undefined;
  readonly tree: MapTree;
  readonly cases: readonly Omit<Case, 'needs'>[];
}

interface Scope {
  readonly whole: MapTree;
  readonly name: string;
  readonly job: Job | undefined;
  readonly common: Omit<Case, 'needs' | 'case' | 'program' | 'expect' | 'labels'> & {
    readonly build: string | null;
  };
}

export class JobReader {
  readonly programs: ProgramReader;
  readonly #services: ProgramServices;
  readonly #expectations: ExpectationReader;

  constructor(services: ProgramServices) {
    this.#services = services;
    this.programs = new ProgramReader(services);
    this.#expectations = new ExpectationReader(services, this.programs);
  }

  /** @param whole the merged job, matrix values put in */
  read(whole: MapTree, values: Values): ReadJob {
    const job = this.programs.job(pick(whole, PROGRAM_KEYS));
    const base = job?.name ?? textOf(whole.entries.get('name'));
    const name = base === undefined ? undefined : `${base}${suffixOf(values)}`;
    if (name !== undefined) this.#checkName(name, whole);
    const scope = this.#scope(whole, name ?? '', job);
    return { base, name, tree: whole, cases: this.#cases(scope) };
  }

  #checkName(name: string, { place, entries }: MapTree): void {
    if (name.length <= BOUNDS.name) return;
    const message = `${quote(name)} is too long with its matrix values; at most ${BOUNDS.name} characters`;
    this.#services.problems.add(entries.get('name')?.place ?? place, message);
  }

  #scope(whole: MapTree, name: string, job: Job | undefined): Scope {
    const build = this.programs.build(whole.entries.get('build'), { name, whole, job });
    const interactor = this.programs.companion(whole.entries.get('interactor'), whole);
    const settings = this.#services.problems.parse(settingsSchema, pick(whole, SETTINGS));
    const { retries = 0, priority = 0, exclusive = false } = settings ?? {};
    return { whole, name, job, common: { job: name, build, interactor, retries, priority, exclusive } };
  }

  #cases(scope: Scope): Omit<Case, 'needs'>[] {
    const cases = scope.whole.entries.get('cases');
    if (cases === undefined) {
      const expect = this.#expectations.expect(scope.whole.entries.get('expect'), scope.whole);
      return this.#case(scope, { name: null, job: scope.job, expect });
    }
    if (cases.kind !== 'list') return [];
    if (cases.items.length === 0)
      this.#services.problems.add(cases.place, 'is empty; leave it out for a job without cases');
    const seen = new Set<string>();
    return cases.items.flatMap((item) => (item.kind === 'map' ? this.#named(item, scope, seen) : []));
  }

  #named(tree: MapTree, scope: Scope, seen: Set<string>): Omit<Case, 'needs'>[] {
    const name = this.#caseName(tree, seen);
    const given = tree.entries.get('expect');
    const above = scope.whole.entries.get('expect');
    const merged = given === undefined ? above : mergeKey('expect', above, given);
    const expect = this.#expectations.expect(merged, scope.whole);
    const settings = this.#services.problems.parse(settingsSchema, pick(tree, CASE_SETTINGS)) ?? {};
    const { retries = scope.common.retries, priority = scope.common.priority } = settings;
    const common = { ...scope.common, retries, priority };
    return this.#case({ ...scope, common }, { name, job: this.#changed(tree, scope), expect });
  }

  /** Null when it is missing, which the shape's check reports. */
  #caseName(tree: MapTree, seen: Set<string>): string | null {
    const given = tree.entries.get('name');
    const name = textOf(given);
    if (given === undefined || name === undefined) return null;
    const message = `${quote(name)} is already the name of a case of this job`;
    if (seen.has(name)) this.#services.problems.add(given.place, message);
    seen.add(name);
    return name;
  }

  #case(
    { common: { build, ...common }, name }: Scope,
    own: { name: string | null; job: Job | undefined; expect: Expect | undefined },
  ): Omit<Case, 'needs'>[] {
    const { job, expect } = own;
    if (job === undefined || expect === undefined) return [];
    const program = { job: withOutputs({ ...job, name }, expect), build };
    return [{ ...common, case: own.name, program, expect, labels: job.labels }];
  }

  /** Only what the case changes is read again; the rest is shared with all cases of the job. */
  #changed(tree: MapTree, { whole, job }: Scope): Job | undefined {
    const changed = CHANGEABLE.filter((key) => tree.entries.has(key));
    const args = tree.entries.get('args');
    if (changed.length === 0 && args === undefined) return job;
    const entries = new Map(pick(whole, CONTEXT).entries);
    for (const key of changed)
      entries.set(key, mergeKey(key, whole.entries.get(key), tree.entries.get(key) as Tree));
    const own = this.programs.job(withArgs(mapTree(entries, tree.place), args));
    if (own === undefined || job === undefined) return undefined;
    const parts = Object.fromEntries(changed.map((key) => [key, own[key]])) as Partial<Job>;
    return { ...job, ...parts, command: own.command };
  }
}

/** What is expected of a file is also copied out. */
function withOutputs(job: Job, expect: Expect): Job {
  const places = new Set(job.outputs.map((path) => inWorkdir(path, job.workdir)));
  const missing = expect.outputs
    .map(({ path }) => path)
    .filter((path) => !places.has(inWorkdir(path, job.workdir)));
  return missing.length === 0 ? job : { ...job, outputs: [...job.outputs, ...missing] };
}
