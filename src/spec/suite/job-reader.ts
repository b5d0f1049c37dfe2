import { quote } from '../../core/index.js';
import { BOUNDS } from '../bounds.js';
import { type CaseDraft, CaseReader } from './case-reader.js';
import { ExpectationReader } from './expectations.js';
import { SUITE_KEYS, settingsSchema } from './input.js';
import { suffixOf } from './matrix.js';
import { ProgramReader, type ProgramServices } from './programs.js';
import type { Values } from './substitute.js';
import { type MapTree, omit, pick, textOf } from './tree.js';

const SETTINGS: ReadonlySet<string> = new Set(['retries', 'priority', 'exclusive', 'points']);

/** A job of a suite after its matrix was expanded. */
export interface ReadJob {
  /** Without the matrix's values; undefined when it could not be read. */
  readonly base: string | undefined;
  readonly name: string | undefined;
  readonly tree: MapTree;
  readonly cases: readonly CaseDraft[];
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
    const job = this.programs.job(omit(whole, SUITE_KEYS));
    const base = job?.name ?? textOf(whole.entries.get('name'));
    const name = base === undefined ? undefined : `${base}${suffixOf(values)}`;
    if (name !== undefined) this.#checkName(name, whole);
    const build = this.programs.build(whole.entries.get('build'), { name: name ?? '', whole, job });
    const settings = this.#services.problems.parse(settingsSchema, pick(whole, SETTINGS)) ?? {};
    const services = { ...this.#services, programs: this.programs, expectations: this.#expectations };
    const cases = new CaseReader(services, { whole, name: name ?? '', job, build, settings }).cases();
    return { base, name, tree: whole, cases };
  }

  #checkName(name: string, { place, entries }: MapTree): void {
    if (name.length <= BOUNDS.name) return;
    const message = `${quote(name)} is too long with its matrix values; at most ${BOUNDS.name} characters`;
    this.#services.problems.add(entries.get('name')?.place ?? place, message);
  }
}
