import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { invalidSpec, systemClock } from '../../src/core/index.js';
import { connectLauncher, type LauncherConnection } from '../../src/launcher/index.js';
import { readHost } from '../../src/sandbox/index.js';
import type { Build, Case, Expect, ImageSource, JobInput, Outcome, Program } from '../../src/spec/index.js';
import { parseJob } from '../../src/spec/index.js';
import { type BuiltFile, runBuild, runCase, type WorkerContext } from '../../src/worker/index.js';
import { type Cell, useCell } from './cell.js';

type CaseInput = Partial<Omit<Case, 'program' | 'expect' | 'interactor'>> & {
  readonly program: JobInput;
  readonly build?: string;
  readonly expect?: Partial<Expect>;
  readonly interactor?: JobInput;
};

/** A store that nobody put anything into. */
export const NO_IMAGES: ImageSource = {
  resolve: (reference) => Promise.reject(invalidSpec(`there is no image ${reference}`)),
};

export const expectation = (given: Partial<Expect> = {}): Expect => ({
  statuses: ['ok'],
  exitCode: null,
  signal: null,
  stdout: null,
  stderr: null,
  outputs: [],
  checker: null,
  maxCpuTimeMs: null,
  maxMemoryBytes: null,
  ...given,
});

export const programOf = (job: JobInput, build: string | null = null): Program => ({
  job: parseJob(job),
  build,
});

/** A case as the loader makes one. */
export function caseOf({ program, build, expect, interactor, ...rest }: CaseInput): Case {
  return {
    job: 'job',
    case: null,
    program: programOf(program, build ?? null),
    expect: expectation(expect),
    interactor: interactor === undefined ? null : programOf(interactor),
    needs: [],
    retries: 0,
    points: null,
    priority: 0,
    exclusive: false,
    labels: {},
    ...rest,
  };
}

export const textExpectation = (
  text: string,
  given: Partial<Omit<NonNullable<Expect['stdout']>, 'expected'>> = {},
): NonNullable<Expect['stdout']> => ({
  compare: 'exact',
  tolerance: 0,
  flags: '',
  ...given,
  expected: { kind: 'bytes', bytes: Buffer.from(text) },
});

/** Runs cases and builds as a worker does, with a launcher of its own. */
export interface Judging {
  readonly cell: Cell;
  readonly context: WorkerContext;
  readonly directory: string;
  run(item: Case, built?: Record<string, readonly BuiltFile[]>, signal?: AbortSignal): Promise<Outcome>;
  build(build: Build): Promise<{ outcome: Outcome; files: BuiltFile[] }>;
}

export function useJudging(): Judging {
  const cell = useCell();
  let connection: LauncherConnection | undefined;
  let directory = '';
  beforeAll(async () => {
    connection = await connectLauncher(cell.hotcell.address);
    directory = mkdtempSync(join(tmpdir(), 'judging-'));
  });
  afterAll(() => {
    connection?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const backend = (): Promise<LauncherConnection> => {
    if (connection === undefined) throw new Error('only inside a test');
    return Promise.resolve(connection);
  };
  const context = { backend, host: readHost(), clock: systemClock, images: NO_IMAGES };
  return {
    cell,
    context,
    get directory() {
      return directory;
    },
    run: async (item, built = {}, signal) =>
      await runCase(context, { suite: 'suite', case: item, built, attempt: 1, repeat: 1 }, { signal }),
    build: async (build) => await runBuild(context, { suite: 'suite', build, directory }),
  };
}
