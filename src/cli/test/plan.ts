import { ISOLATION_LEVELS, type IsolationLevel } from '../../spec/index.js';
import { PULL_POLICIES, type PullPolicy } from '../obtain-image.js';
import { oneOf, usageError } from '../run/values.js';
import type { Budget, Shard, SuiteRunOptions } from './engine.js';
import { type LabelFilter, parseLabelFilters, parseTitleFilter, type TitleFilter } from './filter.js';
import { ON_INTERRUPT, type OnInterrupt, type TestFlags } from './flags.js';
import { type KeptFlags, keptFlags } from './kept-flags.js';
import { bytes, count, cpus, duration, sampleInterval, shard } from './numbers.js';

/** What is changed in every job of the suites. */
export interface Overrides {
  readonly isolation: IsolationLevel | null;
  readonly allowDegraded: boolean;
}

/** What a test run needs, as far as it can be known without looking at any file. */
export interface TestPlan {
  /** As they were written; none is the current directory, or what the resumed run was about. */
  readonly files: readonly string[];
  readonly titles: readonly TitleFilter[];
  readonly labels: LabelFilter;
  readonly shard: Shard | undefined;
  readonly list: boolean;
  /** The run to go on with; `last` is the last one. */
  readonly resume: { readonly run: string } | 'last' | null;
  readonly allowOutside: boolean;
  readonly allowUnsafe: boolean;
  readonly options: Pick<SuiteRunOptions, 'repeat' | 'retries' | 'bail' | 'timeoutMs' | 'workers' | 'budget'>;
  readonly pull: PullPolicy;
  readonly onInterrupt: OnInterrupt;
  readonly overrides: Overrides;
  /** Those that a resumed run has again. */
  readonly kept: KeptFlags;
  readonly reporters: readonly string[];
  /** Null is off; undefined is up to what is shown. */
  readonly sampleIntervalMs: number | null | undefined;
  readonly name: string | null;
  readonly keep: boolean;
  readonly quiet: boolean;
}

const REPEAT = { min: 1, max: 100_000 };
const RETRIES = { min: 0, max: 100 };
const BAIL = { min: 1, max: 1_000_000 };
const WORKERS = { min: 0, max: 64 };
const JOBS = { min: 1, max: 64 };

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The object without the keys that have no value. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

const maybe = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
  text === undefined ? undefined : parse(text);

interface Bail {
  readonly bail: number | undefined;
  readonly files: readonly string[];
}

/** The parser takes the first FILE after a lone `--bail` for its value. */
function planBail(value: string | true | undefined, files: readonly string[]): Bail {
  if (value === undefined) return { bail: undefined, files };
  if (value === true) return { bail: 1, files };
  const isNumber = /^[-+.\d]/.test(value);
  return isNumber ? { bail: count('--bail', value, BAIL), files } : { bail: 1, files: [value, ...files] };
}

function planBudget(flags: TestFlags): Partial<Budget> | undefined {
  const budget = given({
    tasks: maybe(flags.jobs, (text) => count('--jobs', text, JOBS)),
    cpus: maybe(flags.cpuBudget, (text) => cpus('--cpu-budget', text)),
    memoryBytes: maybe(flags.memoryBudget, (text) => bytes('--memory-budget', text)),
  });
  return Object.keys(budget).length === 0 ? undefined : budget;
}

function planOptions(flags: TestFlags, bail: number | undefined): TestPlan['options'] {
  return given({
    repeat: maybe(flags.repeat, (text) => count('--repeat', text, REPEAT)),
    retries: maybe(flags.retries, (text) => count('--retries', text, RETRIES)),
    bail,
    timeoutMs: maybe(flags.timeout, (text) => duration('--timeout', text)),
    workers: maybe(flags.workers, (text) => count('--workers', text, WORKERS)),
    budget: planBudget(flags),
  });
}

function planResume({ resume }: TestFlags): TestPlan['resume'] {
  if (resume === undefined) return null;
  return resume === true || resume === '' ? 'last' : { run: resume };
}

function planOverrides({ isolation, allowDegraded = false }: TestFlags): Overrides {
  const level = maybe(isolation, (word) => oneOf('--isolation', word, ISOLATION_LEVELS));
  return { isolation: level ?? null, allowDegraded };
}

function refuseContradictions(flags: TestFlags, files: readonly string[]): void {
  if (files.includes('')) throw usageError('FILE: "" names no file');
  const { history = true, name, resume } = flags;
  if (name !== undefined && resume !== undefined) {
    throw usageError('--name and --resume exclude each other; a resumed run keeps its name');
  }
  if (!history && (name !== undefined || resume !== undefined)) {
    throw usageError(`--no-history and --${name === undefined ? 'resume' : 'name'} exclude each other`);
  }
}

/**
 * Flags and files to a plan: pure, no file is looked at.
 *
 * @throws HotcellError `invalid-usage`
 */
export function planTest(flags: TestFlags, words: readonly string[]): TestPlan {
  const { bail, files } = planBail(flags.bail, words);
  refuseContradictions(flags, files);
  return {
    files,
    titles: (flags.filter ?? []).map(parseTitleFilter),
    labels: parseLabelFilters(flags.label ?? []),
    shard: maybe(flags.shard, (text) => shard('--shard', text)),
    list: flags.list ?? false,
    resume: planResume(flags),
    allowOutside: flags.allowOutside ?? false,
    allowUnsafe: flags.allowUnsafe ?? false,
    options: planOptions(flags, bail),
    pull: maybe(flags.pull, (word) => oneOf('--pull', word, PULL_POLICIES)) ?? 'never',
    onInterrupt: maybe(flags.onInterrupt, (word) => oneOf('--on-interrupt', word, ON_INTERRUPT)) ?? 'cancel',
    overrides: planOverrides(flags),
    kept: keptFlags(flags),
    reporters: flags.reporter ?? [],
    sampleIntervalMs: maybe(flags.sample, (text) => sampleInterval('--sample', text)),
    name: flags.name ?? null,
    keep: flags.history ?? true,
    quiet: flags.quiet ?? false,
  };
}
