import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MAIN, useDirectory } from './support.js';

const DRIVER = fileURLToPath(new URL('drive-pty.py', import.meta.url));

const dir = useDirectory();

interface Seen {
  readonly code: number;
  readonly screen: string;
  readonly restored: boolean;
}

/** `hotcell test` of one suite on a terminal of `cols` columns. */
function onTerminal(
  lines: readonly string[],
  steps: readonly object[],
  { argv = [] as string[], cols = 80 } = {},
): Seen {
  const file = join(dir.path, 'a.suite.yaml');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const task = { argv: [process.execPath, MAIN, 'test', file, ...argv], rows: 24, cols, steps };
  const env = { ...process.env, CI: '', TERM: 'xterm', HOTCELL_HOME: join(dir.path, 'home') };
  const out = execFileSync('python3', [DRIVER], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    cwd: '/',
    env,
  });
  return JSON.parse(out) as Seen;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

const SLOW = ['jobs:', '  - { name: 遅い仕事, command: [sleep, "30"] }'];

describe('the live view of hotcell test', () => {
  it('shows what runs, and has left the terminal when the summary comes', () => {
    const { code, screen, restored } = onTerminal(
      ['jobs:', '  - { name: 短い仕事, command: [sleep, "1"] }'],
      [{ wait: '短い仕事' }, { wait: 'PASSED' }],
    );
    expect([code, restored]).toEqual([0, true]);
    expect(screen).toMatch(/短い仕事 .*cpu .*mem /);
    const [, afterwards = ''] = screen.split(SHOW);
    expect(screen.split(HIDE)).toHaveLength(2);
    expect(screen.indexOf(HIDE)).toBeLessThan(screen.indexOf(SHOW));
    expect(afterwards).toContain('PASSED');
    expect(afterwards).not.toContain('\u001b[J');
  });

  it('gives the cursor back at Ctrl-C, and says how to go on', () => {
    const { code, screen } = onTerminal(SLOW, [{ wait: '1 running', send: '\u0003' }, { wait: '--resume' }]);
    expect([code, screen.lastIndexOf(SHOW) > screen.lastIndexOf(HIDE)]).toEqual([130, true]);
    expect(screen).toContain('interrupted: killing what runs');
  });

  it('says what a second Ctrl-C will do, and gives the cursor back after it', () => {
    const { code, screen } = onTerminal(
      SLOW,
      [
        { wait: '1 running', send: '\u0003' },
        { wait: 'may finish; Ctrl-C again kills it', send: '\u0003' },
      ],
      { argv: ['--on-interrupt', 'finish'] },
    );
    expect([code, screen.lastIndexOf(SHOW) > screen.lastIndexOf(HIDE)]).toEqual([130, true]);
  });

  it('follows the size of the terminal', () => {
    const { code, screen } = onTerminal(
      SLOW,
      [
        { wait: 'cpu ', resize: [10, 40] },
        { wait: '遅い仕事 ', send: '\u0003' },
      ],
      { cols: 120 },
    );
    expect([code, screen.includes(SHOW)]).toEqual([130, true]);
  });

  it('has no colours with --no-color', () => {
    const { code, screen } = onTerminal(['jobs: [{ name: a, command: ["true"] }]'], [{ wait: 'PASSED' }], {
      argv: ['--no-color'],
    });
    expect(code).toBe(0);
    expect(screen).not.toMatch(/\[\d+m/);
  });
});
