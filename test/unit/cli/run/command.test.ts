import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { cli, FakeEngine, FakeIo, outcome } from '../support.js';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-run-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const ioHere = (): FakeIo => Object.assign(new FakeIo(), { cwd: dir });

const error = (code: string): Error => Object.assign(new Error(code), { code });

describe('hotcell run', () => {
  it('says nothing about a program that ended by itself', async () => {
    const engine = new FakeEngine(async () => outcome({ status: 'nonzero-exit', exitCode: 3 }));
    expect(await cli(['run', 'prog'], { engine })).toMatchObject({ code: 3, out: '', err: '' });
  });

  it('says in one line why a program was ended, and not with -q', async () => {
    const killed = async () => outcome({ status: 'signaled', exitCode: null, signal: 'SIGSEGV' });
    expect(await cli(['run', 'prog'], { engine: new FakeEngine(killed) })).toMatchObject({
      code: 139,
      err: 'hotcell: killed: signal SIGSEGV (bad memory access)\n',
    });
    expect(await cli(['run', '-q', 'prog'], { engine: new FakeEngine(killed) })).toMatchObject({
      code: 139,
      err: '',
    });
  });

  it('notes limits that were hit without ending the run, and not with -q', async () => {
    const metrics = { pidsLimitHits: 91, diskUsedBytes: 1_048_576, inodesUsed: 64 };
    const engine = new FakeEngine(async () => outcome({ metrics }));
    const flags = ['--pids-limit', '50', '--disk', '1m', '--inodes', '64'];
    expect((await cli(['run', ...flags, 'prog'], { engine })).err).toBe(
      [
        'hotcell: note: pids limit 50 was hit 91 times\n',
        'hotcell: note: the disk is full: limit 1MiB\n',
        'hotcell: note: the disk is full: limit of 64 files and directories\n',
      ].join(''),
    );
    expect((await cli(['run', '-q', ...flags, 'prog'], { engine })).err).toBe('');
    expect((await cli(['run', '--disk', '2m', '--pids-limit', 'none', 'prog'], { engine })).err).toBe('');
    const unknown = { pidsLimitHits: null, diskUsedBytes: null, inodesUsed: null };
    const blind = new FakeEngine(async () => outcome({ metrics: unknown }));
    expect((await cli(['run', ...flags, 'prog'], { engine: blind })).err).toBe('');
  });

  const endings: readonly [string, Partial<FakeIo>, string, string][] = [
    ['text', { stdoutIsTty: true, stderrIsTty: true }, 'half', '\nhotcell: killed'],
    ['a line', { stdoutIsTty: true, stderrIsTty: true }, 'whole\n', 'hotcell: killed'],
    ['nothing', { stdoutIsTty: true, stderrIsTty: true }, '', 'hotcell: killed'],
    ['text for a file', { stdoutIsTty: false, stderrIsTty: true }, 'half', 'hotcell: killed'],
    ['text, and is watched by a file', { stdoutIsTty: true, stderrIsTty: false }, 'half', 'hotcell: killed'],
  ];

  it.each(endings)(
    'begins a line of its own on a terminal: after %s',
    async (_, terminal, text, expected) => {
      const io = Object.assign(new FakeIo(), terminal);
      const engine = new FakeEngine(async ({ options }) => {
        await options.onStdout?.(Buffer.from(text));
        return outcome({ status: 'signaled', exitCode: null, signal: 'SIGSEGV' });
      });
      expect((await cli(['run', 'prog'], { io, engine })).err.startsWith(expected)).toBe(true);
    },
  );

  it('says what was weaker than asked', async () => {
    const isolation = { level: 'full' as const, tier: 'T3' as const, degraded: ['no memory limit'] };
    const engine = new FakeEngine(async () => outcome({ isolation }));
    const said = 'hotcell: weaker than asked: no memory limit\n';
    for (const asked of [['--allow-degraded'], ['-m', '64m']])
      expect((await cli(['run', ...asked, 'prog'], { engine })).err).toBe(said);
    expect((await cli(['run', 'prog'], { engine })).err).toBe('');
  });

  it('does not let a message move the cursor', async () => {
    const engine = new FakeEngine(async () =>
      outcome({ status: 'start-failed', startFailure: 'not-found', message: 'not found: \u001b[2Jx' }),
    );
    expect(await cli(['run', 'prog'], { engine })).toMatchObject({
      code: 127,
      err: 'hotcell: not found: \\u{1b}[2Jx\n',
    });
  });

  it('names the flag when the engine does not like the job', async () => {
    const engine = new FakeEngine(async () => {
      throw new HotcellError({
        code: 'invalid-spec',
        message: 'files["/box/x"]: lies below "/box", which is a file too',
      });
    });
    expect(await cli(['run', 'prog'], { engine })).toMatchObject({
      code: 2,
      err: 'hotcell run: --copy-in "/box/x": lies below "/box", which is a file too\n',
    });
  });

  it('gives the remedy when isolation is missing', async () => {
    const startEngine = async (): Promise<never> => {
      throw new HotcellError({
        code: 'isolation-unavailable',
        message: 'no user namespaces',
        hint: 'sysctl x=1',
      });
    };
    expect(await cli(['run', 'prog'], { startEngine })).toMatchObject({
      code: 125,
      err: 'hotcell: no user namespaces\nhotcell: sysctl x=1\n',
    });
  });

  it('exits quietly like a program of the shell when its reader has gone', async () => {
    const io = new FakeIo();
    io.stdout.error = error('EPIPE');
    const engine = new FakeEngine(async (self) => {
      await self.options.onStdout?.(Buffer.from('x'));
      return await self.cancelled();
    });
    expect(await cli(['run', 'prog'], { io, engine })).toMatchObject({ code: 141, err: '' });
  });

  it('fails when the output cannot be written', async () => {
    const io = new FakeIo();
    io.stdout.error = error('ENOSPC');
    const engine = new FakeEngine(async (self) => {
      await self.options.onStdout?.(Buffer.from('x'));
      return await self.cancelled();
    });
    expect(await cli(['run', 'prog'], { io, engine })).toMatchObject({
      code: 125,
      err: "hotcell: cannot write the program's output: no space left on device\n",
    });
  });
});

describe('--json', () => {
  it('prints the outcome and nothing else, on one line', async () => {
    const told = outcome({
      status: 'nonzero-exit',
      exitCode: 9,
      stdout: { text: '\u001b\u009b', bytes: 3, truncated: false },
    });
    const { code, out, err } = await cli(['run', '--json', 'prog'], {
      engine: new FakeEngine(async () => told),
    });
    expect([code, err, out.split('\n').length]).toEqual([9, '', 2]);
    expect(JSON.parse(out)).toEqual(told);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('is quiet when nobody reads it', async () => {
    const io = new FakeIo();
    io.stdout.error = error('EPIPE');
    expect(await cli(['run', '--json', 'prog'], { io })).toMatchObject({ code: 141, err: '' });
  });

  it('fails when it cannot be written', async () => {
    const io = new FakeIo();
    io.stdout.error = error('ENOSPC');
    expect(await cli(['run', '--json', 'prog'], { io })).toMatchObject({
      code: 125,
      err: 'hotcell: cannot write the outcome: no space left on device\n',
    });
  });
});

describe('--report', () => {
  it('writes the outcome to a file, and nothing beside it', async () => {
    const { code, out } = await cli(['run', '--report', 'r.json', 'prog'], { io: ioHere() });
    expect([code, out]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(join(dir, 'r.json'), 'utf8'))).toEqual(outcome());
    expect(readdirSync(dir)).toEqual(['r.json']);
  });

  it('is tried before anything runs', async () => {
    const engine = new FakeEngine();
    const result = await cli(['run', '--report', 'no/r.json', 'prog'], { io: ioHere(), engine });
    expect(result).toMatchObject({
      code: 2,
      err: `hotcell run: --report: "${join(dir, 'no/r.json')}": no such file or directory\n`,
    });
    expect(await cli(['run', '--report', '.', 'prog'], { io: ioHere(), engine })).toMatchObject({
      code: 2,
      err: `hotcell run: --report: "${dir}" is a directory\n`,
    });
    expect(engine.job).toBeUndefined();
  });

  it('fails when the disk is full', async () => {
    expect(await cli(['run', '--report', '/dev/full', 'prog'])).toMatchObject({
      code: 125,
      err: 'hotcell: --report: "/dev/full": no space left on device\n',
    });
  });
});

describe('--copy-out', () => {
  const output = { path: 'out.txt', bytes: null, sha256: null, mode: null, error: 'no such file' };

  it('writes what came out', async () => {
    const engine = new FakeEngine(async ({ options }) => {
      await options.onOutput?.({
        kind: 'file',
        output: 0,
        path: 'out.txt',
        mode: 0o600,
        bytes: Buffer.from('hi'),
      });
      return outcome();
    });
    expect(await cli(['run', '--copy-out', 'out.txt', 'prog'], { io: ioHere(), engine })).toMatchObject({
      code: 0,
      err: '',
    });
    expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toBe('hi');
  });

  it('fails when it is missing, unless the program has failed already', async () => {
    const run = async (patch: Parameters<typeof outcome>[0]) =>
      await cli(['run', '--copy-out', 'out.txt', 'prog'], {
        io: ioHere(),
        engine: new FakeEngine(async () => outcome({ outputs: [output], ...patch })),
      });
    const err = 'hotcell: --copy-out: "out.txt": no such file\n';
    expect(await run({})).toMatchObject({ code: 125, err });
    expect(await run({ status: 'nonzero-exit', exitCode: 4 })).toMatchObject({ code: 4, err });
  });
});
