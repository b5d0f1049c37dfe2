/**
 * Classic BPF as the kernel runs it for seccomp, written from Documentation/networking/filter.rst and the checks of
 * bpf_check_classic and seccomp_check_filter. It shares nothing with the compiler, so that it can contradict it.
 */
import type { Call } from './call.js';

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const JUMPS: Readonly<Record<number, (a: number, k: number) => boolean>> = {
  21: (a, k) => a === k,
  37: (a, k) => a > k,
  53: (a, k) => a >= k,
  69: (a, k) => (a & k) !== 0,
};
const LD_W_ABS = 0x20;
const AND_K = 0x54;
const JA = 0x05;
const RET_K = 0x06;
const SECCOMP_DATA_BYTES = 64;

function decode(program: Uint8Array): Instruction[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return Array.from({ length: program.byteLength / 8 }, (_, index) => ({
    code: view.getUint16(index * 8, true),
    jt: view.getUint8(index * 8 + 2),
    jf: view.getUint8(index * 8 + 3),
    k: view.getUint32(index * 8 + 4, true),
  }));
}

function checkInstruction({ code, jt, jf, k }: Instruction, left: number): string | undefined {
  if (code in JUMPS) return Math.max(jt, jf) < left ? undefined : 'jumps past the end';
  if (code === JA) return k < left ? undefined : 'jumps past the end';
  if (code === LD_W_ABS) return k < SECCOMP_DATA_BYTES && k % 4 === 0 ? undefined : `loads from offset ${k}`;
  return code === AND_K || code === RET_K ? undefined : `has the unknown code ${code}`;
}

/** What the kernel would find wrong with a program when it is loaded. */
export function problems(program: Uint8Array): string[] {
  const instructions = decode(program);
  const found = instructions.flatMap((instruction, index) => {
    const problem = checkInstruction(instruction, instructions.length - 1 - index);
    return problem === undefined ? [] : [`instruction ${index} ${problem}`];
  });
  if (program.byteLength % 8 !== 0) found.push('is not a whole number of instructions');
  if (instructions.length < 1 || instructions.length > 4096)
    found.push(`has ${instructions.length} instructions`);
  if (instructions.at(-1)?.code !== RET_K) found.push('does not end with a return');
  return found;
}

function dataOf({ nr, arch, args }: Call): DataView {
  const view = new DataView(new ArrayBuffer(SECCOMP_DATA_BYTES));
  view.setUint32(0, nr, true);
  view.setUint32(4, arch, true);
  for (const [index, arg] of args.entries()) view.setBigUint64(16 + 8 * index, arg, true);
  return view;
}

export interface Run {
  readonly result: number;
  /** How many instructions ran. */
  readonly steps: number;
}

interface State {
  /** The accumulator. */
  a: number;
  pc: number;
}

/** Runs one instruction that is no return. */
function step({ code, jt, jf, k }: Instruction, data: DataView, state: State): void {
  state.pc++;
  if (code === LD_W_ABS) state.a = data.getUint32(k, true);
  else if (code === AND_K) state.a = (state.a & k) >>> 0;
  else if (code === JA) state.pc += k;
  else state.pc += JUMPS[code]?.(state.a, k) ? jt : jf;
}

/** Prepares a program; the returned function runs it on one call. */
export function interpreter(program: Uint8Array): (call: Call) => Run {
  const instructions = decode(program);
  return (call) => {
    const data = dataOf(call);
    const state: State = { a: 0, pc: 0 };
    for (let steps = 1; ; steps++) {
      const instruction = instructions[state.pc];
      if (instruction === undefined) throw new Error(`ran past the end at ${state.pc}`);
      if (instruction.code === RET_K) return { result: instruction.k, steps };
      step(instruction, data, state);
    }
  };
}
