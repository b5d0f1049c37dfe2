import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  type Build,
  type Case,
  type CheckedJob,
  type Expect,
  imageKind,
  type Outcome,
  type Program,
  type Suite,
  type TextExpectation,
} from '../../spec/index.js';

/** By path what is known of a file of the host without reading it; null when it is not there. */
type Files = ReadonlyMap<string, string | null>;

const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

function directoryOf(image: CheckedJob['image']): string[] {
  const found = imageKind(image);
  return found.kind === 'dir' ? [found.path] : [];
}

/** The host's files and directories that a program's run depends on. */
function pathsOfJob({ image, envFile, stdin, files, mounts }: CheckedJob): string[] {
  return [
    ...directoryOf(image),
    ...envFile,
    ...(stdin.kind === 'path' ? [stdin.path] : []),
    ...files.flatMap(({ source }) => (source.kind === 'path' ? [source.path] : [])),
    // What may be written to from the sandbox is a result as well.
    ...mounts.flatMap(({ source, mode }) => (mode === 'rw' ? [] : [source])),
  ];
}

function pathsOfExpect({ stdout, stderr, outputs }: Expect): string[] {
  const all: readonly (TextExpectation | null)[] = [stdout, stderr, ...outputs.map(({ content }) => content)];
  return all.flatMap((one) => (one?.expected.kind === 'path' ? [one.expected.path] : []));
}

const programsOf = ({ program, interactor, expect }: Case): Program[] =>
  [program, interactor, expect.checker].filter((one) => one !== null);

function pathsOf(suites: readonly Suite[]): Set<string> {
  const jobs = suites.flatMap(({ builds, cases }) => [
    ...builds.map(({ job }) => job),
    ...cases.flatMap((item) => programsOf(item).map(({ job }) => job)),
  ]);
  const expected = suites.flatMap(({ cases }) => cases.flatMap(({ expect }) => pathsOfExpect(expect)));
  return new Set([...jobs.flatMap(pathsOfJob), ...expected]);
}

/** A case may have gigabytes of files, which are not to be read before each run. */
async function look(path: string): Promise<string | null> {
  return await stat(path, { bigint: true }).then(
    ({ size, mtimeNs }) => `${size}:${mtimeNs}`,
    () => null,
  );
}

const BATCH = 64;

async function lookAt(paths: readonly string[]): Promise<Files> {
  const files = new Map<string, string | null>();
  for (let at = 0; at < paths.length; at += BATCH) {
    const batch = paths.slice(at, at + BATCH);
    const found = await Promise.all(batch.map(look));
    batch.forEach((path, index) => {
      files.set(path, found[index] ?? null);
    });
  }
  return files;
}

interface Known {
  readonly builds: ReadonlyMap<string, Build>;
  readonly case: Case;
}

interface KnownSuite {
  readonly builds: ReadonlyMap<string, Build>;
  /** By the names of their jobs, and their own. */
  readonly cases: ReadonlyMap<string, ReadonlyMap<string | null, Case>>;
}

function knownSuite({ builds, cases }: Suite): KnownSuite {
  const byJob = new Map<string, Map<string | null, Case>>();
  for (const item of cases) {
    const ofJob = byJob.get(item.job) ?? new Map<string | null, Case>();
    byJob.set(item.job, ofJob.set(item.case, item));
  }
  return { builds: new Map(builds.map((build) => [build.id, build])), cases: byJob };
}

/**
 * What decides the verdicts of cases, each as one hash: equal hashes, equal cases. Of files that suites name by their path
 * it is the path, the size and the time of the last change; of directories what is in them is not looked at.
 */
export class CaseDigests {
  readonly #suites: ReadonlyMap<string, KnownSuite>;
  readonly #files: Files;
  /** Jobs and bytes are shared by many cases. */
  readonly #hashes = new WeakMap<object, string>();

  private constructor(suites: ReadonlyMap<string, KnownSuite>, files: Files) {
    this.#suites = suites;
    this.#files = files;
  }

  static async of(suites: readonly Suite[]): Promise<CaseDigests> {
    const known = new Map(suites.map((suite) => [suite.name, knownSuite(suite)]));
    return new CaseDigests(known, await lookAt([...pathsOf(suites)]));
  }

  /** Null for what is no outcome of one of the cases, such as a build's. */
  ofOutcome({
    suite,
    role,
    job,
    case: name,
  }: Pick<Outcome, 'suite' | 'role' | 'job' | 'case'>): string | null {
    if (suite === null || role !== 'program') return null;
    const known = this.#suites.get(suite);
    const found = known?.cases.get(job)?.get(name);
    return known === undefined || found === undefined
      ? null
      : this.#ofCase({ builds: known.builds, case: found });
  }

  #ofCase({ case: { program, expect, interactor, retries }, builds }: Known): string {
    const programs = [program, expect.checker, interactor].map((one) => one && this.#ofProgram(one, builds));
    const files = this.#facts(pathsOfExpect(expect));
    return hash(JSON.stringify([programs, this.#expect(expect), files, retries]));
  }

  #ofProgram({ job, build }: Program, builds: Known['builds']): readonly (string | null)[] {
    const built = build === null ? undefined : builds.get(build);
    return [this.#ofJob(job), built === undefined ? build : this.#ofJob(built.job)];
  }

  #ofJob(job: CheckedJob): string {
    const text = (): string => JSON.stringify([this.#job(job), this.#facts(pathsOfJob(job))]);
    return this.#once(job, () => hash(text()));
  }

  #job(job: CheckedJob) {
    const files = job.files.map((file) => ({ ...file, source: this.#source(file.source) }));
    return { ...job, files, stdin: this.#source(job.stdin) };
  }

  #expect({ checker: _ofItsOwn, ...expect }: Expect) {
    const text = (one: TextExpectation | null) => one && { ...one, expected: this.#source(one.expected) };
    const outputs = expect.outputs.map(({ path, content }) => ({ path, content: text(content) }));
    return { ...expect, stdout: text(expect.stdout), stderr: text(expect.stderr), outputs };
  }

  #source<S extends CheckedJob['stdin']>(source: S): S | { readonly kind: 'bytes'; readonly sha256: string } {
    if (source.kind !== 'bytes') return source;
    const { bytes } = source;
    return { kind: 'bytes', sha256: this.#once(bytes, () => hash(bytes)) };
  }

  #facts(paths: readonly string[]): readonly (string | null)[] {
    return paths.map((path) => this.#files.get(path) ?? null);
  }

  #once(of: object, make: () => string): string {
    const known = this.#hashes.get(of) ?? make();
    this.#hashes.set(of, known);
    return known;
  }
}
