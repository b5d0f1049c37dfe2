import { isatty } from 'node:tty';
import { HotcellError } from '../../core/index.js';
import { type Io, SIGNALS } from './io.js';
import { FdSink } from './sink.js';
import { LocalTerminal } from './terminal.js';

export interface ProcessIo extends Io {
  readonly stdout: FdSink;
  readonly stderr: FdSink;
  readonly terminal: LocalTerminal;
}

function onSignals(listener: Parameters<Io['onSignals']>[0]): () => void {
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new HotcellError({
      code: 'io',
      message: 'the current directory is gone; cd to another one',
      cause,
    });
  }
}

/** The real thing. */
export function processIo(): ProcessIo {
  const terminal = new LocalTerminal();
  return {
    stdout: new FdSink(1),
    stderr: new FdSink(2),
    env: process.env,
    get cwd() {
      return currentDirectory();
    },
    terminal,
    stdoutIsTty: isatty(1),
    stderrIsTty: isatty(2),
    get columns() {
      return terminal.size()?.cols;
    },
    stdin: () => process.stdin,
    onSignals,
  };
}
