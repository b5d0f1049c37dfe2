import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { lostFacts, readFacts, readFailure } from '../../../src/launcher/facts.js';
import { causeId, metricId, stepId } from '../../../src/launcher/protocol-table.js';
import { Reader, Writer } from '../../../src/launcher/wire.js';
import { codeOf, payload } from './support.js';

interface Sent {
  readonly cause: number;
  readonly step: number;
  readonly metrics: readonly (readonly [number, number])[];
}

function finished({ cause, step, metrics }: Sent): Uint8Array {
  const to = new Writer()
    .u32(cause)
    .u32(1)
    .u32(0x0b)
    .u32(1)
    .u32(2)
    .u32(step)
    .u32(step && 13)
    .string(step ? 'why' : '');
  for (const [metric, value] of metrics) to.u32(metric).u64(value);
  return to.finish();
}

const read = (sent: Partial<Sent>) =>
  readFacts(new Reader(Buffer.from(finished({ cause: 0, step: 0, metrics: [], ...sent }))));

const unknownTo = (table: Readonly<Record<string, number>>) =>
  fc.nat(0xff_ff_ff_ff).filter((id) => !Object.values(table).includes(id));

describe('readFacts', () => {
  test('gives what was sent', () => {
    const facts = read({
      cause: causeId.memory,
      metrics: [
        [metricId.cpuNs, 2 ** 50],
        [metricId.oomKills, 1],
      ],
    });
    expect(facts).toEqual({
      cause: 'memory',
      exited: true,
      waitStatus: 0x0b,
      execReached: true,
      truncated: { stdout: false, stderr: true },
      failure: null,
      metrics: new Map([
        ['cpuNs', 2 ** 50],
        ['oomKills', 1],
      ]),
    });
  });

  test.each(Object.entries(stepId))('knows a failure of step %s', (step, id) => {
    expect(read({ step: id }).failure).toEqual({ step, errno: 13, detail: 'why' });
  });

  test.each(Object.entries(causeId))('knows the cause %s', (cause, id) => {
    expect(read({ cause: id }).cause).toBe(cause);
  });

  test.each(Object.entries(metricId))('knows the metric %s', (metric, id) => {
    expect([...read({ metrics: [[id, 7]] }).metrics]).toEqual([[metric, 7]]);
  });

  test.prop([unknownTo(causeId)])('refuses an unknown cause', (cause) => {
    expect(codeOf(() => read({ cause }))).toBe('protocol-error');
  });

  test.prop([unknownTo(metricId)])('refuses an unknown metric', (metric) => {
    expect(codeOf(() => read({ metrics: [[metric, 1]] }))).toBe('protocol-error');
  });

  test.prop([unknownTo({ ...stepId, none: 0 })])('refuses an unknown step', (step) => {
    expect(codeOf(() => read({ step }))).toBe('protocol-error');
  });

  test('refuses a payload that is cut off anywhere, but for whole metrics', () => {
    const whole = Buffer.from(
      finished({
        cause: 0,
        step: 1,
        metrics: [
          [1, 1],
          [2, 2],
        ],
      }),
    );
    const codes = Array.from({ length: whole.length }, (_, size) =>
      codeOf(() => readFacts(new Reader(whole.subarray(0, size)))),
    );
    const complete = [whole.length - 24, whole.length - 12];
    codes.forEach((code, size) => {
      expect(code, `${size} bytes`).toBe(complete.includes(size) ? null : 'protocol-error');
    });
  });
});

describe('readFailure', () => {
  test('gives step, errno and detail', () => {
    const failure = readFailure(payload((to) => to.u32(stepId.exec).u32(2).string('./program')));
    expect(failure).toEqual({ step: 'exec', errno: 2, detail: './program' });
  });

  test.prop([unknownTo(stepId)])('refuses an unknown step, and none', (step) => {
    expect(codeOf(() => readFailure(payload((to) => to.u32(step).u32(0).string(''))))).toBe('protocol-error');
  });
});

test('of a lost run nothing is claimed', () => {
  expect(lostFacts('gone')).toMatchObject({
    cause: 'none',
    exited: false,
    execReached: false,
    failure: { step: 'protocol', errno: 0, detail: 'gone' },
  });
});
