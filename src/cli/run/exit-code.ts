import { constants } from 'node:os';
import type { Outcome, StartFailure, Status } from '../../spec/index.js';

/** Flags that mean nothing. 125 stays for faults of ours. */
export const USAGE = 2;
/** Hotcell itself could not do what was asked. */
export const OWN_FAULT = 125;
/** As coreutils' `timeout`. */
const TIME_LIMIT = 124;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** What shells report for a process that signal `name` ended. */
export function codeOfSignal(name: string): number {
  const known: Readonly<Record<string, number>> = constants.signals;
  const realtime = /^SIGRTMIN\+(\d+)$/.exec(name)?.[1];
  const number = known[name] ?? (realtime === undefined ? undefined : 34 + Number(realtime));
  return number === undefined ? OWN_FAULT : 128 + number;
}

const MEMORY_LIMIT = codeOfSignal('SIGKILL');
/** A file that grows too large ends a program with SIGXFSZ; too much output is the same thing on a pipe. */
const OUTPUT_LIMIT = codeOfSignal('SIGXFSZ');
/** What a system call filter kills with. */
const SYSCALL_DENIED = codeOfSignal('SIGSYS');
/** What the shell shows for `yes | head`. */
export const BROKEN_PIPE = codeOfSignal('SIGPIPE');

/** As shells have it; what else of a job could not be set up is not the command's fault. */
const START_FAILURE_CODES: Readonly<Record<StartFailure, number>> = {
  'not-found': NOT_FOUND,
  'not-executable': NOT_EXECUTABLE,
  'set-up': OWN_FAULT,
};

type Ending = Pick<Outcome, 'status' | 'exitCode' | 'signal' | 'startFailure'>;

/** Total: a status that is not here does not compile, so none ever becomes 0 by accident. */
const CODES: Record<Status, (outcome: Ending, cancelledBy: string) => number> = {
  ok: () => 0,
  'nonzero-exit': ({ exitCode }) => exitCode ?? OWN_FAULT,
  signaled: ({ signal }) => (signal === null ? OWN_FAULT : codeOfSignal(signal)),
  'cpu-time-exceeded': () => TIME_LIMIT,
  'wall-time-exceeded': () => TIME_LIMIT,
  'memory-exceeded': () => MEMORY_LIMIT,
  'output-exceeded': () => OUTPUT_LIMIT,
  'syscall-denied': () => SYSCALL_DENIED,
  cancelled: (_, cancelledBy) => codeOfSignal(cancelledBy),
  'start-failed': ({ startFailure }) =>
    startFailure === null ? OWN_FAULT : START_FAILURE_CODES[startFailure],
  'internal-error': () => OWN_FAULT,
};

/** The exit code of `hotcell run`; `cancelledBy` is the signal that made us cancel. */
export function exitCodeOf(outcome: Ending, cancelledBy = 'SIGINT'): number {
  return CODES[outcome.status](outcome, cancelledBy);
}
