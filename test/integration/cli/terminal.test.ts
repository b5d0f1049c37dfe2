import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { finished, MAIN, start } from './support.js';

const DRIVER = fileURLToPath(new URL('drive-pty.py', import.meta.url));

interface Step {
  /** What must have been seen, after what the steps before waited for. */
  readonly wait: string;
  readonly send?: string;
  readonly resize?: readonly [rows: number, cols: number];
  readonly kill?: string;
}

interface Seen {
  readonly code: number;
  readonly screen: string;
  readonly raw: boolean | null;
  readonly restored: boolean;
}

/** `hotcell run` on a terminal of 30 rows and 100 columns. */
function onTerminal(argv: readonly string[], steps: readonly Step[]): Seen {
  const task = { argv: [process.execPath, MAIN, 'run', ...argv], rows: 30, cols: 100, steps };
  const out = execFileSync('python3', [DRIVER], { input: JSON.stringify(task), encoding: 'utf8', cwd: '/' });
  return JSON.parse(out) as Seen;
}

const sh = (script: string): string[] => ['sh', '-c', script];

describe('-t', () => {
  it('gives the program a terminal of the size of ours, and both streams on it', () => {
    const script = 'test -t 0 && test -t 1 && test -t 2 && stty size; echo out; echo err >&2; exit 5';
    const seen = onTerminal(['-it', ...sh(script)], []);
    expect(seen).toMatchObject({ code: 5, screen: '30 100\r\nout\r\nerr\r\n', restored: true });
  });

  it('passes keys on one by one, and the new size when it changes', () => {
    const script =
      'stty -echo; trap \'stty size\' WINCH; echo ready; until read a; do :; done; read b; echo "got $a $b"';
    const seen = onTerminal(
      ['-t', ...sh(script)],
      [{ wait: 'ready', resize: [11, 22] }, { wait: '11 22', send: 'one\rtwo\r' }, { wait: 'got one two' }],
    );
    expect(seen).toMatchObject({ code: 0, raw: true, restored: true });
  });

  it('makes Ctrl-C, Ctrl-Z and Ctrl-D the business of the terminal inside', () => {
    const seen = onTerminal(
      ['-t', ...sh("trap 'echo got INT' INT; echo ready; read a; echo next; cat; exit 3")],
      [
        { wait: 'ready', send: '\u0003' },
        { wait: 'got INT', send: 'x\r' },
        { wait: 'next', send: '\u0004' },
      ],
    );
    expect(seen).toMatchObject({ code: 3, restored: true });
  });

  it('runs a shell as one is used to', () => {
    const seen = onTerminal(
      ['-it', 'bash', '--norc'],
      [
        { wait: '$ ', send: 'echo $((6*7)) on $(tty)\r' },
        { wait: '42 on /dev/pts/', send: 'exit 4\r' },
      ],
    );
    expect(seen).toMatchObject({ code: 4, raw: true, restored: true });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('gives the terminal back when %s ends Hotcell', (signal, code) => {
    const seen = onTerminal(
      ['-t', ...sh("trap '' INT TERM HUP; echo ready; sleep 20")],
      [{ wait: 'ready', kill: signal }],
    );
    expect(seen).toMatchObject({ code, raw: true, restored: true });
    expect(seen.screen).toMatch(/\r\nhotcell: killed: cancelled by SIG\w+\r\n$/);
  });

  it('gives the terminal back when a limit ends the program', () => {
    const seen = onTerminal(['-t', '--timeout', '300ms', 'sleep', '20'], []);
    expect(seen).toMatchObject({ code: 124, restored: true });
    expect(seen.screen).toMatch(/^hotcell: killed: time limit 300ms reached \(ran 3\d\d.*ms\)\r\n$/);
  });

  it('does not touch the output on its way', () => {
    const seen = onTerminal(['-t', ...sh("stty raw; printf 'a\\nb\\n'; stty cooked")], []);
    expect(seen).toMatchObject({ code: 0, screen: 'a\nb\n', restored: true });
  });

  it('works without a terminal here, too', async () => {
    const child = start(['run', '-t', ...sh('stty size; test -t 0 && echo yes')]);
    child.stdin.end();
    expect(await finished(child)).toMatchObject({ code: 0, stdout: Buffer.from('24 80\r\nyes\r\n') });
  });
});

describe('a terminal without -t', () => {
  it('stays as it is, and its Ctrl-C is passed on', () => {
    const seen = onTerminal(sh("trap 'echo got INT; exit 7' INT; echo ready; sleep 20 & wait"), [
      { wait: 'ready', send: '\u0003' },
    ]);
    expect(seen).toMatchObject({ code: 7, raw: false, restored: true });
    expect(seen.screen).toContain('got INT');
  });

  it('ends everything at the second Ctrl-C', () => {
    const seen = onTerminal(sh("trap 'echo again' INT; echo ready; while :; do sleep 9 & wait; done"), [
      { wait: 'ready', send: '\u0003' },
      { wait: 'again', send: '\u0003' },
      { wait: 'cancelled by SIGINT' },
    ]);
    expect(seen).toMatchObject({ code: 130, raw: false, restored: true });
  });
});
