/**
 * Compiles a policy to the BPF program that seccomp(SECCOMP_SET_MODE_FILTER) takes.
 *
 *   architecture is ours? ─no─▶ kill
 *   binary search over ranges of call numbers with one verdict ─▶ return
 *                                                             └─▶ tests of arguments, in the policy's order ─▶ return
 *
 * Up to the tests of arguments only nr and arch are loaded and compared, which the kernel (5.11 and later) can work out
 * ahead: a call that is allowed whatever its arguments then never runs the filter (seccomp_cache_prepare).
 */
import { Assembler, type Label } from './assembler.js';
import { emitBranches } from './branches.js';
import { ARCHES, DATA } from './kernel.js';
import type { Arch, Policy } from './policy.js';
import { alike, FOREIGN_RESULT, type Range, resolvePolicy, type Verdict } from './resolve.js';

/**
 * @returns an array of struct sock_filter, 8 bytes each, little-endian
 * @throws HotcellError `invalid-spec`: not for this architecture, an index, value or errno out of range, one argument
 *   twice in a rule, or more than 4096 instructions
 */
export function compilePolicy(policy: Policy, arch: Arch): Uint8Array {
  const assembler = new Assembler();
  emitSearch(resolvePolicy(policy, arch), verdictEmitter(assembler), assembler);
  const native = assembler.load(DATA.nr);
  const foreign = assembler.ret(FOREIGN_RESULT);
  assembler.jump({ op: 'jeq', k: ARCHES[arch].audit, yes: native, no: foreign });
  assembler.load(DATA.arch);
  return assembler.bytes();
}

/** Halves the ranges until one is left; the call's number is in A. Its start is what it writes last. */
function emitSearch(
  ranges: readonly Range[],
  emitVerdict: (verdict: Verdict) => Label,
  assembler: Assembler,
): Label {
  const [only] = ranges;
  if (only !== undefined && ranges.length === 1) return emitVerdict(only.verdict);
  const middle = Math.floor(ranges.length / 2);
  const yes = emitSearch(ranges.slice(middle), emitVerdict, assembler);
  const no = emitSearch(ranges.slice(0, middle), emitVerdict, assembler);
  return assembler.jump({ op: 'jge', k: ranges[middle]?.first ?? 0, yes, no });
}

/** Calls with the same rules share the code for them. */
function verdictEmitter(assembler: Assembler): (verdict: Verdict) => Label {
  const emitted: { verdict: Verdict; label: Label }[] = [];
  return (verdict) => {
    if (verdict.branches.length === 0) return assembler.ret(verdict.otherwise);
    const known = emitted.find((entry) => alike(entry.verdict, verdict));
    if (known !== undefined) return known.label;
    const label = emitBranches(verdict, assembler);
    emitted.push({ verdict, label });
    return label;
  };
}
