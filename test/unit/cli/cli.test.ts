import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SCHEMA_NAMES } from '../../../src/cli/schema-names.js';
import { formatBytes, formatMs } from '../../../src/core/index.js';
import { reportJsonSchema } from '../../../src/engine/index.js';
import {
  DEFAULT_LIMITS,
  jobJsonSchema,
  outcomeJsonSchema,
  suiteJsonSchema,
} from '../../../src/spec/index.js';
import { cli, FakeIo } from './support.js';

describe('what is wrong with the command line', () => {
  const cases: readonly [argv: string[], message: string][] = [
    [['rnu'], 'hotcell: unknown command "rnu"; did you mean run?'],
    [['xyz'], 'hotcell: unknown command "xyz"; hotcell help lists them'],
    [['./a.out'], 'hotcell: "./a.out" is not a command; to run it: hotcell run ./a.out'],
    [['--jason'], 'hotcell: unknown flag "--jason"; hotcell --help lists them'],
    [['--versoin'], 'hotcell: unknown flag "--versoin"; did you mean --version?'],
    [['run', '--memroy', '5', 'x'], 'hotcell run: unknown flag "--memroy"; did you mean --memory?'],
    [['run', '--memroy=5', 'x'], 'hotcell run: unknown flag "--memroy"; did you mean --memory?'],
    [['run', '--cpu', '5', 'x'], 'hotcell run: unknown flag "--cpu"; did you mean --cpus?'],
    [['run', '--json=yes', 'x'], 'hotcell run: --json takes no value; write it without "="'],
    [
      ['run', '--privileged', 'x'],
      'hotcell run: unknown flag "--privileged"; there is no such mode; --isolation',
    ],
    [['run', '-d', 'x'], 'hotcell run: unknown flag "-d"; there is no detached mode'],
    [['run', '-itd', 'x'], 'hotcell run: unknown flag "-d"; there is no detached mode'],
    [['run', '-p', '80:80', 'x'], 'hotcell run: unknown flag "-p"; no port is published'],
    [['run', '--publish=80', 'x'], 'hotcell run: unknown flag "--publish"; no port is published'],
    [
      ['run', '--mount', 'type=tmpfs', 'x'],
      'hotcell run: unknown flag "--mount"; use -v HOST:DEST[:MODE], or --tmpfs',
    ],
    [['run', '--toString', 'x'], 'hotcell run: unknown flag "--toString"; hotcell run --help lists them'],
    [['test', '-d'], 'hotcell test: unknown flag "-d"; hotcell test --help lists them'],
    [['run', '-z', 'x'], 'hotcell run: unknown flag "-z"; hotcell run --help lists them'],
    [['run', '-izt', 'x'], 'hotcell run: unknown flag "-z"; hotcell run --help lists them'],
    [['run', '--memory'], 'hotcell run: --memory needs a value: --memory SIZE'],
    [['run', '-v'], 'hotcell run: --volume needs a value: --volume HOST:DEST[:MODE]'],
    [['run', '-m', '64q', 'x'], 'hotcell run: --memory: "64q" is not a size; use whole bytes or'],
    [['run'], 'hotcell run: COMMAND is missing; for example: hotcell run -- ls -l'],
    [['run', "--it's"], 'hotcell run: unknown flag "--it\'s"; hotcell run --help lists them'],
    [['run', '--\u001b[2J'], 'hotcell run: unknown flag "--\\u001b[2J"'],
    [['doctor', 'x'], 'hotcell doctor: too many arguments; usage: hotcell doctor [flags]'],
    [['help', 'tset'], 'hotcell help: there is no command "tset"; did you mean test?'],
    [['help', 'report', 'xyz'], 'hotcell help: there is no command "report xyz"; hotcell help lists them'],
    [['version', 'x'], 'hotcell version: too many arguments; usage: hotcell version'],
    [
      ['run', '--memory', 'true'],
      'hotcell run: COMMAND is missing; "true" was taken as the value of --memory',
    ],
    [['run', '-m', 'ls'], 'hotcell run: COMMAND is missing; "ls" was taken as the value of -m'],
    [['run', '--memory=64m'], 'hotcell run: COMMAND is missing; for example: hotcell run -- ls -l'],
    [['run', '-t'], 'hotcell run: COMMAND is missing; for example: hotcell run -- ls -l'],
    [['report'], 'hotcell report: an argument is missing; usage: hotcell report [flags] FILE'],
    [
      ['report', 'diff', 'a'],
      'hotcell report diff: an argument is missing; usage: hotcell report diff [flags]',
    ],
    [['test', '--shrad', '1/2'], 'hotcell test: unknown flag "--shrad"; did you mean --shard?'],
    [['test', '--shard', '9/2'], 'hotcell test: --shard: "9/2" does not exist; use I/N'],
    [['init', 'a', 'b'], 'hotcell init: too many arguments; usage: hotcell init [flags] [DIR]'],
    [
      ['schema', 'jobs'],
      'hotcell schema: NAME: "jobs" is not allowed; use one of job, suite, outcome, report; did you mean "job"?',
    ],
    [['completion'], 'hotcell completion: an argument is missing; usage: hotcell completion bash|zsh|fish'],
    [['completion', 'csh'], 'hotcell completion: SHELL: "csh" is not allowed; use one of bash, zsh, fish'],
  ];

  it.each(cases)('%j', async (argv, message) => {
    const { code, out, err } = await cli(argv);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
    expect(err.startsWith(message)).toBe(true);
  });

  it('is a program on PATH, that is not one of ours', async () => {
    const io = new FakeIo();
    io.env = { PATH: '/nowhere:/usr/bin:/bin' };
    const said = async (...argv: string[]): Promise<string> =>
      (await cli(argv, { io })).err.split('\n').at(-2) ?? '';
    expect(await said('ls', '-l')).toBe('hotcell: unknown command "ls"; to run a program: hotcell run ls -l');
    expect(await said('sh', '-c', "echo 'x'")).toBe(
      `hotcell: unknown command "sh"; to run a program: hotcell run sh -c 'echo '\\''x'\\'''`,
    );
    expect(await said('cat', 'x'.repeat(500))).toBe(
      'hotcell: unknown command "cat"; to run a program: hotcell run cat …',
    );
    expect(await said('../bin/ls')).toBe(
      'hotcell: "../bin/ls" is not a command; to run it: hotcell run ../bin/ls',
    );
    const directory = mkdtempSync(join(tmpdir(), 'hotcell-path-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'tset'), '', { mode: 0o755 });
    io.env = { PATH: directory };
    expect(await said('tset', 'x.yaml')).toBe(
      'hotcell: unknown command "tset"; did you mean test? To run the program: hotcell run tset x.yaml',
    );
    io.env = {};
    expect(await said('ls')).toBe('hotcell: unknown command "ls"; did you mean ps?');
  });

  it('shows the help when there is no command', async () => {
    const { code, out, err } = await cli([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: hotcell COMMAND \[flags\]\n/);
  });

  it('shows no stack trace, unless HOTCELL_DEBUG=1', async () => {
    const startEngine = async (): Promise<never> => {
      throw new Error('boom');
    };
    expect(await cli(['run', 'x'], { startEngine })).toMatchObject({ code: 125, err: 'hotcell: boom\n' });
    const io = new FakeIo();
    io.env = { HOTCELL_DEBUG: '1' };
    expect((await cli(['run', 'x'], { io, startEngine })).err).toMatch(/Error: boom\n {4}at /);
  });
});

describe('help', () => {
  const HELPS = [
    ['--help'],
    ['run', '--help'],
    ['doctor', '--help'],
    ['schema', '--help'],
    ['completion', '--help'],
    ['test', '--help'],
    ['validate', '--help'],
    ['init', '--help'],
    ['report', '--help'],
    ['ps', '--help'],
    ['logs', '--help'],
    ['inspect', '--help'],
    ['rm', '--help'],
    ['report', 'diff', '--help'],
    ['help', '--help'],
    ['version', '--help'],
  ];

  it.each(HELPS)('of %s %s %s fits into 100 columns and has examples', async (...argv) => {
    const { code, out, err } = await cli(argv.filter(Boolean));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: hotcell/);
    expect(out).toMatch(/\nExamples:\n {2}hotcell .*\n$/s);
    expect(out.split('\n').filter((line) => Array.from(line).length > 100)).toEqual([]);
  });

  it.each([
    [['-h'], ['--help']],
    [['help'], ['--help']],
    [
      ['run', '-h'],
      ['run', '--help'],
    ],
    [
      ['help', 'run'],
      ['run', '--help'],
    ],
    [
      ['test', '-h'],
      ['test', '--help'],
    ],
    [
      ['doctor', '-h'],
      ['doctor', '--help'],
    ],
    [
      ['report', 'diff', '-h'],
      ['report', 'diff', '--help'],
    ],
    [
      ['help', 'report', 'diff'],
      ['report', 'diff', '--help'],
    ],
  ])('of %j is that of %j', async (argv, other) => {
    const { code, out, err } = await cli(argv);
    expect([code, out, err]).toEqual([0, (await cli(other)).out, '']);
  });

  it('of run is not meant by -h before a program, which is its host name', async () => {
    const { engine } = await cli(['run', '-h', 'box', 'hostname']);
    expect(engine.job).toMatchObject({ hostname: 'box', command: ['hostname'] });
  });

  it('of run names the defaults that hold', async () => {
    const { out } = await cli(['run', '--help']);
    const text = out.replace(/\s+/g, ' ');
    expect(text).toContain(`no swap (default: ${formatBytes(DEFAULT_LIMITS.memoryBytes)})`);
    expect(text).toContain(`CPU time of all its processes (default: ${formatMs(DEFAULT_LIMITS.cpuTimeMs)})`);
    expect(text).toContain(`time on the clock (default: ${formatMs(DEFAULT_LIMITS.wallTimeMs)};`);
    expect(text).toContain(`at once (default: ${DEFAULT_LIMITS.pids})`);
    expect(text).toContain(`on stderr (default: ${formatBytes(DEFAULT_LIMITS.outputBytes)})`);
    expect(text).toContain(`in all places (default: ${formatBytes(DEFAULT_LIMITS.diskBytes)})`);
    expect(text).toContain(`it makes (default: ${DEFAULT_LIMITS.diskInodes})`);
  });

  it('has colours on a terminal that wants them', async () => {
    const help = async (env: Record<string, string>, ...argv: string[]): Promise<string> => {
      const io = Object.assign(new FakeIo(), { stdoutIsTty: true, env });
      return (await cli([...argv, '--help'], { io })).out;
    };
    expect(await help({})).toContain('\u001b[');
    for (const plain of [help({ NO_COLOR: '1' }), help({ TERM: 'dumb' }), help({}, '--no-color')]) {
      expect(await plain).not.toContain('\u001b[');
    }
    expect(await help({ NO_COLOR: '' })).toContain('\u001b[');
  });
});

describe('small commands', () => {
  it('prints the version', async () => {
    for (const argv of [['--version'], ['version']]) {
      expect(await cli(argv)).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
    }
  });

  it('prints the schemas', async () => {
    const schemas = await Promise.all(
      SCHEMA_NAMES.map(async (name) => JSON.parse((await cli(['schema', name])).out)),
    );
    expect(schemas).toEqual([jobJsonSchema(), suiteJsonSchema(), outcomeJsonSchema(), reportJsonSchema()]);
    expect(JSON.parse((await cli(['schema'])).out)).toEqual(jobJsonSchema());
  });
});

describe('doctor', () => {
  const checks = [
    { name: 'kernel', ok: true, detail: '6.1.0', remedy: null },
    { name: 'cgroup-memory', ok: false, detail: 'not there', remedy: 'mount -t cgroup …' },
  ];

  it('shows each check, and each remedy on a line of its own', async () => {
    const { code, out } = await cli(['doctor'], {
      diagnose: async () => ({ tier: 'T3', ok: false, checks }),
    });
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'Tier T3 (without cgroups)',
        '  ✓ kernel         6.1.0',
        '  ✗ cgroup-memory  not there',
        '    to fix it:',
        '      mount -t cgroup …',
        'Full isolation does not work here: 1 thing is missing.',
        '',
      ].join('\n'),
    );
  });

  it('exits with 0 only when full isolation works', async () => {
    expect(await cli(['doctor'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Full isolation works here\.\n$/),
    });
    expect(
      await cli(['doctor', '--json'], { diagnose: async () => ({ tier: 'T4', ok: false, checks: [] }) }),
    ).toMatchObject({
      code: 1,
      out: '{"tier":"T4","ok":false,"checks":[]}\n',
    });
  });
});
