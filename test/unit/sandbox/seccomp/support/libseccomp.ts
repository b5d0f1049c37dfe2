/** The same policy as libseccomp compiles it; the other half of export-bpf.c. */
import { execFileSync } from 'node:child_process';
import type { Arch, Op, Policy, Rule } from '../../../../../src/sandbox/seccomp/index.js';
import { syscallNumbers } from '../../../../../src/sandbox/seccomp/syscall-numbers.js';
import type { Call } from './call.js';
import { actionValue } from './evaluate.js';
import { interpreter } from './interpret.js';

/** The newest call that the oldest supported libseccomp (2.5.4) knows by name. */
export const NEWEST_KNOWN = 450;

/** enum scmp_compare of seccomp.h. */
export const COMPARE: Readonly<Record<Op, number>> = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
};

function ruleLine(rule: Rule, name: string, number: number): string {
  const args = (rule.args ?? []).map(
    (test) => `${test.index} ${COMPARE[test.op]} ${test.value} ${test.valueTwo ?? 0}`,
  );
  return ['rule', actionValue(rule.action, rule.errnoRet), name, number, ...args].join(' ');
}

/** A call's rules up to the first certain one, and what that returns. */
function split(
  rules: readonly Rule[],
  fallback: number,
): { conditional: readonly Rule[]; otherwise: number } {
  const certain = rules.findIndex(({ args = [] }) => args.length === 0);
  const last = rules[certain];
  if (last === undefined) return { conditional: rules, otherwise: fallback };
  return { conditional: rules.slice(0, certain), otherwise: actionValue(last.action, last.errnoRet) };
}

/**
 * libseccomp drops all of a call's rules with arguments once there is one without: "these arguments yes, else EPERM" can
 * only be said by a filter whose default is EPERM. So a policy becomes one filter for each such default, and each call
 * is looked up in the filter of its own.
 */
export function libseccompEvaluator(exporter: string, policy: Policy, arch: Arch): (call: Call) => number {
  const fallback = actionValue(policy.defaultAction, policy.defaultErrnoRet);
  const linesOf = new Map<number, string[]>([[fallback, []]]);
  const filterOf = new Map<number, number>();
  for (const [name, number] of syscallNumbers(arch)) {
    const rules = policy.syscalls.filter(({ names }) => names.includes(name));
    const { conditional, otherwise } = split(rules, fallback);
    const lines = linesOf.get(otherwise) ?? [];
    linesOf.set(otherwise, lines);
    filterOf.set(number, otherwise);
    const telling = conditional.filter(({ action, errnoRet }) => actionValue(action, errnoRet) !== otherwise);
    lines.push(...telling.map((rule) => ruleLine(rule, name, number)));
  }
  const filters = new Map(
    [...linesOf].map(([otherwise, lines]) => {
      const input = [`arch ${arch}`, `default ${otherwise}`, ...lines, ''].join('\n');
      return [otherwise, interpreter(execFileSync(exporter, { input }))] as const;
    }),
  );
  return (call) => filters.get(filterOf.get(call.nr) ?? fallback)?.(call).result ?? Number.NaN;
}

/** The numbers that libseccomp knows calls by. */
export function libseccompNumbers(
  exporter: string,
  arch: Arch,
  names: Iterable<string>,
): Map<string, number> {
  const input = [`arch ${arch}`, ...[...names].map((name) => `known ${name}`), ''].join('\n');
  const lines = execFileSync(exporter, { input, encoding: 'utf8' }).trim().split('\n');
  return new Map(lines.map((line) => line.split(' ')).map(([name = '', number]) => [name, Number(number)]));
}
