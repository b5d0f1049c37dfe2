import { isatty } from 'node:tty';
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

/** The real thing. */
export function processIo(): ProcessIo {
  const terminal = new LocalTerminal();
  return {
    stdout: new FdSink(1),
    stderr: new FdSink(2),
    env: process.env,
    cwd: process.cwd(),
    terminal,
    stdoutIsTty: isatty(1),
    get columns() {
      return terminal.size()?.cols;
    },
    stdin: () => process.stdin,
    onSignals,
  };
}
