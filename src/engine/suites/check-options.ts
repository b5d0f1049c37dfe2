import { HotcellError, show } from '../../core/index.js';
import type { SuiteRunOptions } from './options.js';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly unit: string;
}

type NumericOption =
  | 'repeat'
  | 'retries'
  | 'bail'
  | 'timeoutMs'
  | 'workers'
  | 'captureBytes'
  | 'sampleIntervalMs';

const count = (min: number, max: number): Range => ({ min, max, whole: true, unit: '' });

const HOUR_MS = 3_600_000;

const RANGES: Readonly<Record<NumericOption, Range>> = {
  repeat: count(1, 1_000_000),
  retries: count(0, 1000),
  bail: count(1, Number.MAX_SAFE_INTEGER),
  timeoutMs: { min: 1, max: 30 * 24 * HOUR_MS, whole: false, unit: ' ms' },
  workers: count(0, 64),
  captureBytes: { ...count(0, 64 * 1024 ** 2), unit: ' bytes' },
  sampleIntervalMs: { min: 10, max: HOUR_MS, whole: false, unit: ' ms' },
};

const BUDGET: Readonly<Record<'cpus' | 'memoryBytes' | 'tasks', Range>> = {
  cpus: { min: 0.01, max: 8192, whole: false, unit: '' },
  memoryBytes: { min: 1, max: Number.MAX_SAFE_INTEGER, whole: false, unit: ' bytes' },
  tasks: count(1, Number.MAX_SAFE_INTEGER),
};

function check(name: string, value: unknown, { min, max, whole, unit }: Range): void {
  if (value === undefined) return;
  const fits =
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new HotcellError({
    code: 'invalid-usage',
    message: `${name}: ${show(value)} is not possible; use ${kind} from ${min} to ${max}${unit}`,
  });
}

/** @throws HotcellError `invalid-usage` that names the option and what is allowed */
export function checkSuiteOptions(options: SuiteRunOptions): void {
  for (const name of Object.keys(RANGES) as NumericOption[]) {
    const value = options[name];
    if (!(name === 'sampleIntervalMs' && value === null)) check(name, value, RANGES[name]);
  }
  for (const name of Object.keys(BUDGET) as (keyof typeof BUDGET)[]) {
    check(`budget.${name}`, options.budget?.[name], BUDGET[name]);
  }
}
