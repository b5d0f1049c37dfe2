import { kindOf } from './value.js';

type Simple = string | number | boolean | null;

function simple(value: unknown): Simple {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`cannot compare ${kindOf(value)}`);
}

/** @throws TypeError for values of different kinds, since that is never meant; nothing is equal to nothing only */
export function isEqual(a: unknown, b: unknown): boolean {
  const [left, right] = [simple(a), simple(b)];
  if (left === null || right === null || typeof left === typeof right) return left === right;
  throw new TypeError(`cannot compare ${kindOf(left)} with ${kindOf(right)}`);
}

/** Negative, zero or positive. @throws TypeError unless both are numbers or both are text */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  throw new TypeError(`cannot order ${kindOf(a)} and ${kindOf(b)}`);
}
