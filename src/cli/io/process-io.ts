import { isatty } from 'node:tty';
import { HotcellError } from '../../core/index.js';
import { type Io, PASSED_ON, SIGNALS } from './io.js';
import { FdSink } from './sink.js';
import { LocalTerminal } from './terminal.js';

export interface ProcessIo extends Io {
  readonly stdout: FdSink;
  readonly stderr: FdSink;
  readonly terminal: LocalTerminal;
}

function listenTo<Name extends NodeJS.Signals>(names: readonly Name[]) {
  return (listener: (signal: Name) => void): (() => void) => {
    const onSignal = (signal: NodeJS.Signals): void => listener(signal as Name);
    for (const name of names) process.on(name, onSignal);
    return () => {
      for (const name of names) process.off(name, onSignal);
    };
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
    onSignals: listenTo(SIGNALS),
    onPassedOn: listenTo(PASSED_ON),
  };
}
