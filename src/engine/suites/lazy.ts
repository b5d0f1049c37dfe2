import type { Summary } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';
import type { SuiteRun } from './options.js';

/** A run of suites whose machinery is loaded when it begins: whoever runs single programs has no use for it. */
export class LazySuiteRun implements SuiteRun {
  readonly id: string;
  readonly #load: () => Promise<SuiteRun>;
  #run: Promise<SuiteRun> | undefined;
  #summary: Promise<Summary> | undefined;

  constructor(id: string, load: () => Promise<SuiteRun>) {
    this.id = id;
    this.#load = load;
  }

  get summary(): Promise<Summary> {
    this.#summary ??= this.#loaded().then((run) => run.summary);
    return this.#summary;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Outcome, void, undefined> {
    yield* await this.#loaded();
  }

  #loaded(): Promise<SuiteRun> {
    this.#run ??= this.#load();
    return this.#run;
  }
}
