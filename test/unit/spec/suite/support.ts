import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { type Case, loadSuites, parseSuite, type Suite } from '../../../../src/spec/index.js';
import { problemsOf } from '../support.js';

/** A directory with these files, gone after the test. */
export async function directoryOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hotcell-suite-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

/** The lines of the `invalid-spec` with which an action ends; [] when it does not. */
export async function linesOf(action: Promise<unknown>): Promise<string[]> {
  try {
    await action;
    return [];
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'invalid-spec') throw error;
    return error.message.split('\n');
  }
}

/** The problems of a suite in `s.yaml`, without that name. */
export async function yamlProblems(
  text: string | Uint8Array,
  files: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const cwd = await directoryOf({ ...files, 's.yaml': text });
  const lines = await linesOf(loadSuites(['s.yaml'], { cwd }));
  return lines.map((line) => line.replace(/^s\.yaml:/, ''));
}

export async function loadYaml(text: string, files: Readonly<Record<string, string>> = {}): Promise<Suite> {
  const cwd = await directoryOf({ ...files, 's.yaml': text });
  const [suite] = await loadSuites(['s.yaml'], { cwd });
  if (suite === undefined) throw new Error('no suite');
  return suite;
}

type Part = Readonly<Record<string, unknown>>;

/** A suite of these jobs, each right but for what is given. */
export const suiteOf = (jobs: readonly Part[], more: Part = {}): Suite =>
  parseSuite({ ...more, jobs: jobs.map((job) => ({ command: ['./program'], ...job })) });

/** The problems of a suite of these jobs. */
export const suiteProblems = (jobs: readonly Part[], more: Part = {}): string[] =>
  problemsOf(() => suiteOf(jobs, more));

/** The only case of a suite of one job. */
export function caseOf(job: Part, more: Part = {}): Case {
  const [only, ...others] = suiteOf([job], more).cases;
  if (only === undefined || others.length > 0) throw new Error('not one case');
  return only;
}

export const titles = (suite: Suite): string[] =>
  suite.cases.map((item) => (item.case === null ? item.job : `${item.job} › ${item.case}`));

/** Text of expected bytes. */
export function textOf(source: { kind: string; bytes?: Uint8Array } | undefined): string {
  return new TextDecoder().decode(source?.bytes);
}
