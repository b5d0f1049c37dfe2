import { describe, expect, it } from 'vitest';
import { endingLine } from '../../../../src/cli/run/ending-line.js';
import { type Outcome, parseJob, STATUSES } from '../../../../src/spec/index.js';
import { outcome } from '../support.js';

const { limits } = parseJob({
  command: ['x'],
  limits: { memory: '64MiB', cpuTime: '2s', wallTime: '6s', output: '64KiB' },
});

type Patch = Parameters<typeof outcome>[0];

const line = (patch: Patch, quiet = false): string | null =>
  endingLine(outcome(patch), { limits, cancelledBy: 'SIGTERM', quiet });

const cut: Outcome['stdout'] = { text: '', bytes: 65_536, truncated: true };

describe('why a program was ended', () => {
  const cases: readonly [Patch, string | null][] = [
    [{ status: 'ok' }, null],
    [{ status: 'nonzero-exit', exitCode: 3 }, null],
    [
      { status: 'memory-exceeded', metrics: { memoryPeakBytes: 67_108_864 } },
      'killed: memory limit 64MiB reached (peak 64MiB)',
    ],
    [
      { status: 'memory-exceeded', metrics: { memoryPeakBytes: null } },
      'killed: memory limit 64MiB reached (peak unknown)',
    ],
    [
      { status: 'cpu-time-exceeded', metrics: { cpuMs: 2003.4 } },
      'killed: CPU time limit 2s reached (used 2.003s)',
    ],
    [
      { status: 'wall-time-exceeded', metrics: { wallMs: 6001 } },
      'killed: time limit 6s reached (ran 6.001s)',
    ],
    [{ status: 'output-exceeded', stdout: cut }, 'killed: output limit 64KiB reached (stdout: 64KiB)'],
    [{ status: 'output-exceeded', stderr: cut }, 'killed: output limit 64KiB reached (stderr: 64KiB)'],
    [{ status: 'signaled', signal: 'SIGSEGV' }, 'killed: signal SIGSEGV (bad memory access)'],
    [{ status: 'signaled', signal: 'SIGTERM' }, 'killed: signal SIGTERM'],
    [
      { status: 'syscall-denied', message: 'forbidden system call mount' },
      'killed: forbidden system call mount',
    ],
    [{ status: 'cancelled' }, 'killed: cancelled by SIGTERM'],
    [{ status: 'start-failed', message: 'not found: nope' }, 'not found: nope'],
    [{ status: 'internal-error', message: 'step mount: EPERM' }, 'internal error: step mount: EPERM'],
  ];

  it.each(cases)('%j', (patch, expected) => {
    expect(line(patch)).toBe(expected);
  });

  it('says nothing with -q, except that the program did not run', () => {
    const said = STATUSES.filter((status) => line({ status, message: 'm' }, true) !== null);
    expect(said).toEqual(['start-failed', 'internal-error']);
  });
});
