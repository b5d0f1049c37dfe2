import type { Readable } from 'node:stream';
import type { HostEnv } from '../../spec/index.js';
import type { Sink } from './sink.js';
import type { Terminal } from './terminal.js';

/** The signals that a run answers to. */
export const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;

export type HandledSignal = (typeof SIGNALS)[number];

/** Signals that mean nothing to Hotcell: they are for the program. */
export const PASSED_ON = ['SIGUSR1', 'SIGUSR2'] as const;

export type PassedOn = (typeof PASSED_ON)[number];

/** Everything of the process that a command may touch; tests bring their own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: HostEnv;
  readonly cwd: string;
  readonly terminal: Terminal;
  /** Whether a person looks at standard output. */
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  /** Characters in a line of the terminal; undefined without one. */
  readonly columns: number | undefined;
  /** Standard input is only touched by commands that read it. */
  stdin(): Readable;
  /** @returns what stops it, and gives the signals their usual meaning back */
  onSignals(listener: (signal: HandledSignal) => void): () => void;
  /** @returns what stops it */
  onPassedOn(listener: (signal: PassedOn) => void): () => void;
}
