/** Argument tests as BPF: arguments have 64 bits, BPF compares 32. */
import type { Assembler, Label } from './assembler.js';
import { DATA } from './kernel.js';
import type { Op } from './policy.js';
import type { Comparison, Verdict } from './resolve.js';

/** A comparison with where to go for either answer. */
interface Target {
  readonly test: Comparison;
  readonly yes: Label;
  readonly no: Label;
}

type Emitter = (target: Target, assembler: Assembler) => Label;

const ALL_BITS = 0xffff_ffff;

/** Tries the branches in order; BPF is written backwards, so the last one comes first. */
export function emitBranches({ branches, otherwise }: Verdict, assembler: Assembler): Label {
  return branches.reduceRight((no, { tests, result }) => {
    const matched = assembler.ret(result);
    return tests.reduceRight((yes, test) => EMITTERS[test.op]({ test, yes, no }, assembler), matched);
  }, assembler.ret(otherwise));
}

const EMITTERS: Readonly<Record<Op, Emitter>> = {
  SCMP_CMP_EQ: emitEqual,
  SCMP_CMP_NE: swapped(emitEqual),
  SCMP_CMP_GT: ordered('jgt'),
  SCMP_CMP_GE: ordered('jge'),
  SCMP_CMP_LE: swapped(ordered('jgt')),
  SCMP_CMP_LT: swapped(ordered('jge')),
  SCMP_CMP_MASKED_EQ: emitMasked,
};

function swapped(emit: Emitter): Emitter {
  return ({ test, yes, no }, assembler) => emit({ test, yes: no, no: yes }, assembler);
}

function high(value: bigint): number {
  return Number(value >> 32n);
}

function low(value: bigint): number {
  return Number(value & 0xffff_ffffn);
}

/** The low word is tested first: it is what differs, and the next branch often tests the same word. */
function emitEqual({ test: { index, value }, yes, no }: Target, assembler: Assembler): Label {
  const upper = assembler.test({
    offset: DATA.high(index),
    mask: ALL_BITS,
    op: 'jeq',
    k: high(value),
    yes,
    no,
  });
  return assembler.test({
    offset: DATA.low(index),
    mask: ALL_BITS,
    op: 'jeq',
    k: low(value),
    yes: upper,
    no,
  });
}

/** high > k.high, or high = k.high and low (> or >=) k.low. */
function ordered(op: 'jgt' | 'jge'): Emitter {
  return ({ test: { index, value }, yes, no }, assembler) => {
    const lower = assembler.test({ offset: DATA.low(index), mask: ALL_BITS, op, k: low(value), yes, no });
    const words = { offset: DATA.high(index), mask: ALL_BITS, k: high(value) };
    const same = assembler.test({ ...words, op: 'jeq', yes: lower, no });
    return assembler.test({ ...words, op: 'jgt', yes, no: same });
  };
}

function emitMasked(
  { test: { index, value: mask, valueTwo }, yes, no }: Target,
  assembler: Assembler,
): Label {
  const wanted = valueTwo & mask;
  const words = [
    { offset: DATA.high(index), mask: high(mask), k: high(wanted) },
    { offset: DATA.low(index), mask: low(mask), k: low(wanted) },
  ];
  // A word without bits in the mask matches whatever it is.
  const tested = words.filter((word) => word.mask !== 0);
  return tested.reduce((next, word) => assembler.test({ ...word, op: 'jeq', yes: next, no }), yes);
}
