/** Adds up the vitest JSON reports named as arguments, and prints one line: `N passed, N failed`. */
import { readFileSync } from 'node:fs';
import { type Report, tally } from './reports/tally.js';

function read(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${path}: ${String(error)}`);
    return undefined;
  }
}

const { line, ok } = tally(process.argv.slice(2).map(read));
console.log(line);
process.exitCode = ok ? 0 : 1;
