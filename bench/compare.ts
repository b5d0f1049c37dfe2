/**
 * Whether what was measured is within the bounds that Hotcell promises itself. `npm run bench` comes before.
 *
 *   npm run bench:compare [-- FILE…]     without files those that the benches of this machine have left in build/bench
 *
 * Fails on a ratio that is worse than its bound, or was not measured. The targets are what the product is to come to; they are
 * printed and fail nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchResults, RESULTS } from './results.js';

interface Bound {
  readonly better: 'lower' | 'higher';
  readonly bound: number;
  readonly target: number;
}

/** Ratios to the raw spawn. The bounds leave room for a shared machine with two processors. */
const BOUNDS: Readonly<Record<string, Bound>> = {
  'full p50': { better: 'lower', bound: 2, target: 0.5 },
  'full p99': { better: 'lower', bound: 4, target: 1 },
  'full p50, 5 ms between': { better: 'lower', bound: 2, target: 0.5 },
  'full p99, 5 ms between': { better: 'lower', bound: 4, target: 1 },
  'full runs per second, 8 at once': { better: 'higher', bound: 0.75, target: 1.5 },
};

const isWorse = (value: number, limit: number, better: Bound['better']): boolean =>
  better === 'lower' ? !(value <= limit) : !(value >= limit);

const given = process.argv.slice(2);
const left = existsSync(RESULTS) ? readdirSync(RESULTS).map((name) => join(RESULTS, name)) : [];
const files = given.length > 0 ? given : left;
const ratios = Object.assign(
  {},
  ...files.map((path) => (JSON.parse(readFileSync(path, 'utf8')) as BenchResults).ratios),
);

const rows = Object.entries(BOUNDS).map(([name, { better, bound, target }]) => {
  const value = Number(ratios[name] ?? Number.NaN);
  const sign = better === 'lower' ? '≤' : '≥';
  const verdict = isWorse(value, bound, better)
    ? 'WORSE'
    : isWorse(value, target, better)
      ? 'within'
      : 'target met';
  return {
    name,
    line: `| ${name} | ${value.toFixed(2)} | ${sign} ${bound} | ${sign} ${target} | ${verdict} |`,
    verdict,
  };
});
console.log('| ratio to a raw spawn | measured | bound | target | |\n| --- | --- | --- | --- | --- |');
for (const { line } of rows) console.log(line);
process.exitCode = rows.some(({ verdict }) => verdict === 'WORSE') ? 1 : 0;
