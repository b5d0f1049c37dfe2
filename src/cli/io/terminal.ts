import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';

export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

/** The terminal in front of the user, if there is one. */
export interface Terminal {
  /** Null when neither standard stream is a terminal. */
  size(): TerminalSize | null;
  /** Keys arrive one by one and unchanged from now on. @returns what undoes it; it may be called more than once */
  raw(): () => void;
  /** Writes `text` should the process end before what this returns was called. */
  atExit(text: string): () => void;
  /** Calls `leave` at Ctrl-Z, before the process is stopped, and `back` when it goes on. @returns what stops it */
  onSuspend(leave: () => Promise<void>, back: () => void): () => void;
  /** @returns what stops it */
  onResize(listener: (size: TerminalSize) => void): () => void;
}

function measure(fd: number): TerminalSize {
  // Made anew each time: only process.stdout learns about changes, and it may not be the terminal.
  const stream = new WriteStream(fd);
  const { columns, rows } = stream;
  stream.destroy();
  // A serial line or a fresh pty says 0×0, which no program can draw on.
  return { rows: rows || 24, cols: columns || 80 };
}

/**
 * Node's raw mode still turns "\n" into "\r\n" on the way out, which breaks programs that draw on the screen. The
 * program's own terminal does that already where it is wanted.
 */
function passOutputUnchanged(): void {
  spawnSync('stty', ['-opost'], { stdio: [0, 'ignore', 'ignore'] });
}

function say(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // The terminal is gone, and with it what was to be put right.
  }
}

export class LocalTerminal implements Terminal {
  readonly #undo = new Set<() => void>();

  size(): TerminalSize | null {
    const fd = [1, 0, 2].find((candidate) => isatty(candidate));
    return fd === undefined ? null : measure(fd);
  }

  raw(): () => void {
    const { stdin } = process;
    if (!stdin.isTTY) return () => undefined;
    const enter = (): void => {
      // Twice, since Node takes the mode that it set itself for granted, and a shell may have changed it meanwhile.
      stdin.setRawMode(false);
      stdin.setRawMode(true);
      passOutputUnchanged();
    };
    const restore = (): void => {
      process.off('SIGCONT', enter);
      forget();
      if (!stdin.destroyed) stdin.setRawMode(false);
    };
    const forget = this.#onExit(restore);
    process.on('SIGCONT', enter);
    enter();
    return restore;
  }

  atExit(text: string): () => void {
    const forget = this.#onExit(() => {
      forget();
      say(text);
    });
    return forget;
  }

  onSuspend(leave: () => Promise<void>, back: () => void): () => void {
    const onStop = (): void => {
      // Unlike SIGTSTP this one cannot be caught, so that the process is stopped at last.
      void leave().finally(() => process.kill(process.pid, 'SIGSTOP'));
    };
    process.on('SIGTSTP', onStop);
    process.on('SIGCONT', back);
    return () => {
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', back);
    };
  }

  onResize(listener: (size: TerminalSize) => void): () => void {
    const onSignal = (): void => {
      const size = this.size();
      if (size !== null) listener(size);
    };
    process.on('SIGWINCH', onSignal);
    return () => {
      process.off('SIGWINCH', onSignal);
    };
  }

  /** Undoes {@link raw}, and does what {@link atExit} was told, on a way out that no exit handler sees. */
  restore(): void {
    for (const undo of this.#undo) undo();
  }

  /** @returns what forgets it */
  #onExit(undo: () => void): () => void {
    this.#undo.add(undo);
    process.on('exit', undo);
    return () => {
      this.#undo.delete(undo);
      process.off('exit', undo);
    };
  }
}
