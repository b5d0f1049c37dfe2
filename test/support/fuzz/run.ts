/** Runs cases of one target and keeps what it finds. */
import { HotcellError } from '../../../src/core/index.js';
import { seeded } from '../victims.js';
import { FUZZ_TARGETS } from './targets.js';

export interface Find {
  readonly target: string;
  /** With the target's name, all that makes the case again. */
  readonly seed: number;
  readonly what: string;
  readonly shown: string;
}

export interface FuzzOptions {
  readonly target: string;
  readonly firstSeed: number;
  /** Whether there is to be one more, given how many there were. */
  readonly goOn: (cases: number) => boolean;
}

/** A case that takes longer than this is a find as well: texts of strangers must not keep anybody busy. */
const CASE_MS = 3000;
const SHOWN_CHARS = 2000;

async function tryOne(target: string, seed: number): Promise<Find | 'taken' | 'refused'> {
  const found = FUZZ_TARGETS[target];
  if (found === undefined)
    throw new Error(`no target ${target}; there are ${Object.keys(FUZZ_TARGETS).join(', ')}`);
  const { shown, run } = found.make(seeded(seed));
  const find = (what: string): Find => ({ target, seed, what, shown: shown.slice(0, SHOWN_CHARS) });
  const started = performance.now();
  let answer: 'taken' | 'refused' = 'taken';
  try {
    await run();
  } catch (error) {
    if (!(error instanceof HotcellError))
      return find(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (error.code === 'internal') return find(error.message);
    if (error.message.trim() === '') return find('a refusal without a word');
    answer = 'refused';
  }
  const ms = performance.now() - started;
  return ms > CASE_MS ? find(`took ${Math.round(ms)} ms`) : answer;
}

export interface Fuzzed {
  readonly cases: number;
  /** Of them, those that were right as they were. */
  readonly taken: number;
  readonly finds: readonly Find[];
}

export async function fuzz({ target, firstSeed, goOn }: FuzzOptions): Promise<Fuzzed> {
  const finds: Find[] = [];
  let cases = 0;
  let taken = 0;
  for (; goOn(cases); cases++) {
    const answer = await tryOne(target, firstSeed + cases);
    if (answer === 'taken') taken++;
    else if (answer !== 'refused') finds.push(answer);
  }
  return { cases, taken, finds };
}
