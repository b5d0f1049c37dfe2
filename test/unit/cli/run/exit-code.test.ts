import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { codeOfSignal, exitCodeOf } from '../../../../src/cli/run/exit-code.js';
import { type Outcome, STATUSES } from '../../../../src/spec/index.js';
import { outcome } from '../support.js';

describe('the exit code of a run', () => {
  const cases: readonly [patch: Partial<Outcome>, code: number][] = [
    [{ status: 'ok', exitCode: 0 }, 0],
    [{ status: 'nonzero-exit', exitCode: 1 }, 1],
    [{ status: 'nonzero-exit', exitCode: 255 }, 255],
    [{ status: 'nonzero-exit', exitCode: null }, 125],
    [{ status: 'signaled', signal: 'SIGSEGV' }, 139],
    [{ status: 'signaled', signal: 'SIGKILL' }, 137],
    [{ status: 'signaled', signal: 'SIGRTMIN+1' }, 163],
    [{ status: 'signaled', signal: null }, 125],
    [{ status: 'cpu-time-exceeded', signal: 'SIGKILL' }, 124],
    [{ status: 'wall-time-exceeded', signal: 'SIGKILL' }, 124],
    [{ status: 'memory-exceeded', signal: 'SIGKILL' }, 137],
    [{ status: 'output-exceeded', signal: 'SIGKILL' }, 153],
    [{ status: 'syscall-denied', signal: 'SIGSYS' }, 159],
    [{ status: 'start-failed', startFailure: 'not-found' }, 127],
    [{ status: 'start-failed', startFailure: 'not-executable' }, 126],
    [{ status: 'start-failed', startFailure: 'set-up' }, 125],
    // A message is for people: nothing is decided by what it says.
    [{ status: 'start-failed', message: 'not found: nope', startFailure: null }, 125],
    [{ status: 'internal-error', message: 'step mount: EPERM' }, 125],
  ];

  it.each(cases)('%j is %i', (patch, code) => {
    expect(exitCodeOf(outcome({ exitCode: null, ...patch }))).toBe(code);
  });

  it('is that of the signal that cancelled it', () => {
    const cancelled = outcome({ status: 'cancelled', exitCode: null });
    expect(exitCodeOf(cancelled)).toBe(130);
    expect(exitCodeOf(cancelled, 'SIGTERM')).toBe(143);
    expect(exitCodeOf(cancelled, 'SIGHUP')).toBe(129);
  });

  it('is 0 for no status but ok', () => {
    const codes = STATUSES.map(
      (status) => [status, exitCodeOf(outcome({ status, exitCode: null }))] as const,
    );
    expect(codes.filter(([, code]) => code === 0).map(([status]) => status)).toEqual(['ok']);
  });

  it.each(Object.entries(constants.signals))('%s is 128 + %i', (name, number) => {
    expect(codeOfSignal(name)).toBe(128 + number);
  });
});
