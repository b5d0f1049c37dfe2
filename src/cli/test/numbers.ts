import { parseBytes, parseDurationMs } from '../../core/index.js';
import { decimal, parsed, usageError, wholeNumber } from '../run/values.js';
import type { Shard } from './engine.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number within its range. */
export function count(flag: string, text: string, { min, max }: Range): number {
  const value = wholeNumber(flag, text);
  if (value >= min && value <= max) return value;
  throw usageError(`${flag}: ${text} is not allowed; use ${min} to ${max}`);
}

export function cpus(flag: string, text: string): number {
  const value = decimal(flag, text);
  if (value > 0) return value;
  throw usageError(`${flag}: 0 is not allowed; nothing could ever run`);
}

export const bytes = (flag: string, text: string): number => parsed(flag, text, parseBytes);

export const duration = (flag: string, text: string): number => parsed(flag, text, parseDurationMs);

const SHARD = /^(\d{1,9})\/(\d{1,9})$/;

/** `2/5`: the second of five parts. */
export function shard(flag: string, text: string): Shard {
  const [, index = Number.NaN, count = Number.NaN] = SHARD.exec(text)?.map(Number) ?? [];
  if (index >= 1 && index <= count) return { index, count };
  const why = Number.isNaN(index) ? 'is not a part' : 'does not exist';
  throw usageError(`${flag}: "${text}" ${why}; use I/N with I from 1 to N, such as 1/4`);
}

/** As often as the launcher is asked at most, and as seldom as still says anything. */
const SAMPLE_RANGE_MS = { min: 10, max: 60_000 };

/** Null is off. */
export function sampleInterval(flag: string, text: string): number | null {
  if (text === 'off') return null;
  const value = duration(flag, text);
  if (value >= SAMPLE_RANGE_MS.min && value <= SAMPLE_RANGE_MS.max) return value;
  throw usageError(`${flag}: ${text} is not allowed; use 10ms to 1m, or off`);
}
