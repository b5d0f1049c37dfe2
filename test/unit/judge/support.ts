import { type JudgeInput, judge } from '../../../src/judge/index.js';
import type { Difference, Expect, Outcome, Status } from '../../../src/spec/index.js';
import { expectation, textExpectation } from '../../support/cases.js';

type TextOptions = Parameters<typeof textExpectation>[1];

export type Bytes = string | Uint8Array;

const bytesOf = (bytes: Bytes): Uint8Array => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes);

const ENDED: JudgeInput['outcome'] = {
  status: 'ok',
  exitCode: 0,
  signal: null,
  message: null,
  outputs: [],
  metrics: { cpuMs: 10, memoryPeakBytes: 1024 ** 2 } as Outcome['metrics'],
};

export const ended = (given: Partial<JudgeInput['outcome']> = {}): JudgeInput['outcome'] => ({
  ...ENDED,
  ...given,
});

/** Every status as an outcome has it. */
export const withStatus = (status: Status): JudgeInput['outcome'] =>
  ended({ status, exitCode: status === 'ok' ? 0 : status === 'nonzero-exit' ? 3 : null });

export const judged = (given: Partial<JudgeInput> & { readonly wanted?: Partial<Expect> } = {}) =>
  judge({
    outcome: ended(),
    expect: expectation(given.wanted),
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
    files: new Map(),
    ...given,
  });

/** Null when stdout is as expected. */
export async function difference(
  expected: Bytes,
  actual: Bytes,
  options: TextOptions = {},
): Promise<Difference | null> {
  const stdout = {
    ...textExpectation('', options),
    expected: { kind: 'bytes', bytes: bytesOf(expected) } as const,
  };
  const { verdict, failures, differences } = await judged({ wanted: { stdout }, stdout: bytesOf(actual) });
  if ((verdict === 'passed') !== (differences.length === 0) || failures.length !== differences.length)
    throw new Error(
      `verdict and differences do not agree: ${JSON.stringify({ verdict, failures, differences })}`,
    );
  return differences[0] ?? null;
}
