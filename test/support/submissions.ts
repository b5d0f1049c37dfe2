import { cpSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import type { Case, Outcome, Suite } from '../../src/spec/index.js';
import { loadSuites } from '../../src/spec/index.js';
import type { BuiltFile } from '../../src/worker/index.js';
import type { Judging } from './cases.js';

const DIRECTORY = fileURLToPath(new URL('../../fixtures/suites/judging/', import.meta.url));

/** A program that somebody handed in, and the verdict that it must get. */
export interface Submission {
  readonly name: string;
  readonly wanted: string;
  readonly build: string | null;
  readonly cases: readonly Case[];
}

const printed = (command: string, args: readonly string[]): string | undefined => {
  const { exitCode, stdout } = execaSync(command, args, { reject: false });
  return exitCode === 0 ? stdout.trim() : undefined;
};

/** Debian's JDK keeps its settings in /etc, where no sandbox sees them; one that is complete in itself is needed. */
function findJava(): string | undefined {
  const homes =
    printed('sh', ['-c', 'ls -d /usr/lib/jvm/*/ /opt/java/ 2>/dev/null; true'])?.split('\n') ?? [];
  return homes.find(
    (home) =>
      existsSync(`${home}/bin/javac`) &&
      existsSync(`${home}/conf/security`) &&
      realpathSync(`${home}/conf/security`).startsWith(realpathSync(home)),
  );
}

/** Where each optional suite expects its tools, and where they are on this machine. */
const TOOLS: Readonly<Record<string, { readonly at: string; readonly find: () => string | undefined }>> = {
  java: { at: '/opt/java', find: findJava },
  go: { at: '/opt/go', find: () => printed('go', ['env', 'GOROOT']) },
  rust: { at: '/opt/rust', find: () => printed('rustc', ['--print', 'sysroot']) },
};

/** A copy of the suite with the tools where they are; what it needs beside it is copied, too. */
async function optional(language: string, directory: string): Promise<Suite[]> {
  const { at, find } = TOOLS[language] ?? { at: '', find: () => undefined };
  const found = find();
  if (found === undefined) return [];
  const copy = join(directory, language);
  cpSync(DIRECTORY, copy, { recursive: true });
  const path = join(copy, `${language}.suite.yaml`);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`source: ${at}`, `source: ${found}`));
  return await loadSuites([path], { cwd: copy, allowOutside: true });
}

/**
 * The suites that this machine has the compilers for; C, C++, Python and shell always.
 *
 * @param directory for copies
 */
export async function judgingSuites(directory: string): Promise<Suite[]> {
  const always = await loadSuites([join(DIRECTORY, 'judging.suite.yaml')], { cwd: DIRECTORY });
  const others = await Promise.all(Object.keys(TOOLS).map((language) => optional(language, directory)));
  return [...always, ...others.flat()];
}

export function submissionsOf({ cases }: Suite): Submission[] {
  const byJob = new Map<string, Case[]>();
  for (const item of cases) byJob.set(item.job, [...(byJob.get(item.job) ?? []), item]);
  return [...byJob].map(([name, own]) => ({
    name,
    wanted: own[0]?.labels.verdict ?? 'no label',
    build: own[0]?.program.build ?? null,
    cases: own,
  }));
}

/** The words that people who judge use, for what the first case that did not pass says. */
export function verdictText({ verdict, status, signal, exitCode, message }: Outcome): string {
  if (verdict === 'passed') return 'accepted';
  if (verdict !== 'failed') return `${verdict}: ${message ?? status}`;
  if (status === 'signaled') return `runtime-error-${signal ?? 'no signal'}`;
  if (status === 'nonzero-exit') return `runtime-error-exit-${exitCode ?? 'no code'}`;
  const words: Partial<Record<typeof status, string>> = {
    ok: 'wrong-answer',
    'cpu-time-exceeded': 'time-limit',
    'wall-time-exceeded': 'idle',
    'memory-exceeded': 'memory-limit',
    'output-exceeded': 'output-limit',
  };
  return words[status] ?? status;
}

export type Built = ReadonlyMap<string, readonly BuiltFile[] | 'compile-error'>;

/** Case by case until one does not pass, as judges do. */
export async function judgeSubmission(
  judging: Judging,
  { build, cases }: Submission,
  built: Built,
): Promise<string> {
  const files = build === null ? [] : built.get(build);
  if (files === undefined || typeof files === 'string') return files ?? 'not built';
  let text = 'no cases';
  for (const item of cases) {
    text = verdictText(await judging.run(item, build === null ? {} : { [build]: files }));
    if (text !== 'accepted') break;
  }
  return text;
}

/** The verdict on a submission by the outcomes of a run of its whole suite. */
export function tagOf(
  outcomes: readonly Outcome[],
  { name, build, cases }: Submission,
  suite: Suite,
): string {
  const own = outcomes.filter((outcome) => outcome.suite === suite.name);
  const builder = suite.builds.find(({ id }) => id === build)?.name;
  const builds = own.filter(({ role, job }) => role === 'build' && job === builder);
  if (builds.length !== (build === null ? 0 : 1)) return `${builds.length} builds`;
  const failed = builds.find(({ verdict }) => verdict !== 'passed');
  if (failed !== undefined) return failed.status === 'nonzero-exit' ? 'compile-error' : verdictText(failed);
  const ran = own.filter(({ role, job }) => role === 'program' && job === name);
  const texts = cases.map((item) => {
    const [outcome, ...more] = ran.filter((one) => one.case === item.case);
    return outcome === undefined || more.length > 0 ? 'not one outcome' : verdictText(outcome);
  });
  return texts.find((text) => text !== 'accepted') ?? 'accepted';
}
