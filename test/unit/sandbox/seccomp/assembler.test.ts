import { describe, expect, test } from 'vitest';
import { Assembler, type Label } from '../../../../src/sandbox/seccomp/assembler.js';
import { NO_ARGS } from './support/call.js';
import { interpreter, problems } from './support/interpret.js';

const NR = 0;
const DISTANCES = [1, 2, 253, 254, 255, 256, 257, 258, 600];

/** Writes a block that is never entered but by falling into it, so that what follows is farther from what was before. */
function pad(assembler: Assembler, instructions: number): void {
  for (let index = 0; index < instructions; index++) assembler.load(NR);
}

/** A jump on `nr == 5` whose targets, a return and a load before a return, are that far away. */
function jumpOver(far: number, farther: number, swap: boolean): Uint8Array {
  const assembler = new Assembler();
  assembler.ret(222);
  const loading = assembler.load(NR);
  pad(assembler, farther);
  const returning = assembler.ret(111);
  pad(assembler, far);
  const [yes, no]: Label[] = swap ? [loading, returning] : [returning, loading];
  if (yes !== undefined && no !== undefined) assembler.jump({ op: 'jeq', k: 5, yes, no });
  assembler.load(NR);
  return assembler.bytes();
}

describe.each(DISTANCES)('a jump over %i instructions', (far) => {
  test.each(DISTANCES)('or over %i more arrives', (farther) => {
    for (const swap of [false, true]) {
      const program = jumpOver(far, farther, swap);
      expect(problems(program)).toEqual([]);
      const run = interpreter(program);
      const [five, other] = [5, 6].map((nr) => run({ arch: 0, nr, args: NO_ARGS }).result);
      expect([five, other]).toEqual(swap ? [222, 111] : [111, 222]);
    }
  });
});

test('a return that is near is used again, one that is far is written again', () => {
  const assembler = new Assembler();
  const first = assembler.ret(7);
  expect(assembler.ret(7)).toBe(first);
  pad(assembler, 300);
  expect(assembler.ret(7)).not.toBe(first);
});
