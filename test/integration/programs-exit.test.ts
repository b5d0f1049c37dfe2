import { expect, test } from 'vitest';
import { type Ending, ending, exited, signaled, signalName, useCell } from '../support/cell.js';

const cell = useCell();

const IGNORED = ['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH'];
const STOPPING = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const named = (value: number): string => signalName(value) ?? String(value);

test('every exit code from 0 to 255 is reported as it is', async () => {
  const codes = numbers(0, 255);
  const outcomes = await Promise.all(codes.map(async (code) => await cell.program('exit-with', [code])));
  expect(outcomes.map(ending)).toEqual(codes.map(exited));
  // 137 and 139 are only numbers when a program says them itself.
  expect(outcomes.every(({ metrics }) => metrics.oomKills === 0)).toBe(true);
});

test('every classic signal that ends a program is reported by its name', async () => {
  const fatal = numbers(1, 31).filter((value) => ![...IGNORED, ...STOPPING].includes(named(value)));
  expect(fatal).toHaveLength(23);
  const outcomes = await Promise.all(fatal.map(async (value) => await cell.program('raise-signal', [value])));
  // SIGSYS is how a forbidden system call ends a program; that this one sent it to itself cannot be told.
  const expected = fatal.map((value): Ending => {
    const name = named(value);
    return name === 'SIGSYS' ? { ...signaled(name), status: 'syscall-denied' } : signaled(name);
  });
  expect(outcomes.map(ending)).toEqual(expected);
});

test('every realtime signal ends a program and has a name of its own', async () => {
  const realtime = numbers(32, 64);
  const outcomes = await Promise.all(
    realtime.map(async (value) => await cell.program('raise-signal', [value])),
  );
  for (const outcome of outcomes) {
    expect(ending(outcome)).toMatchObject({ status: 'signaled', exitCode: null, killedBy: 'signal' });
    expect(outcome.signal).toMatch(/^SIG(RTMIN(\+\d+)?|RTMAX(-\d+)?|\d+)$/);
  }
  expect(new Set(outcomes.map(({ signal }) => signal)).size).toBe(realtime.length);
});

test.each(IGNORED)('%s, which does nothing by default, does nothing', async (name) => {
  const value = numbers(1, 31).find((candidate) => named(candidate) === name) ?? 0;
  expect(ending(await cell.program('raise-signal', [value]))).toEqual(exited(0));
});

test.each([
  ['null', 'SIGSEGV'],
  ['divide', 'SIGFPE'],
  ['illegal', 'SIGILL'],
  ['abort', 'SIGABRT'],
])('a crash by %s is reported as %s', async (kind, signal) => {
  expect(ending(await cell.program('crash', [kind]))).toEqual(signaled(signal));
});

const NAME_MAX = 255;

test.each([
  ['a program that is not there', { command: ['./missing'] }],
  ['a name that PATH does not have', { command: ['no-such-program-anywhere'] }],
  ['a directory', { command: ['/usr'] }],
  ['a file without x', { command: ['./data'], files: { data: { content: '#!/bin/sh\n', mode: '0644' } } }],
  ['an empty file', { command: ['./empty'], files: { empty: { content: '', mode: '0755' } } }],
  [
    'bytes that are no program',
    { command: ['./text'], files: { text: { content: 'hello\n', mode: '0755' } } },
  ],
  [
    'a missing interpreter',
    { command: ['./script'], files: { script: { content: '#!/no/such\n', mode: '0755' } } },
  ],
  ['a name of 256 bytes', { command: [`./${'x'.repeat(NAME_MAX + 1)}`] }],
  ['a working directory that is a file', { command: ['/bin/true'], workdir: '/etc/passwd' }],
])('%s cannot be started, and the message says why', async (_, job) => {
  const outcome = await cell.run(job);
  expect(ending(outcome)).toEqual({ status: 'start-failed', exitCode: null, signal: null, killedBy: null });
  expect(outcome.message).toMatch(/\S/);
  expect(outcome.verdict).toBe('error');
});

test('a program with a name of 255 bytes can be started', async () => {
  const name = 'x'.repeat(NAME_MAX);
  const outcome = await cell.run({
    command: [`./${name}`],
    files: { [name]: { content: '#!/bin/sh\nexit 4\n', mode: '0755' } },
  });
  expect(ending(outcome)).toEqual(exited(4));
});
