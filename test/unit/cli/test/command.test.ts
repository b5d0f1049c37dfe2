import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCommand } from '../../../../src/cli/test/command.js';
import type { TestFlags } from '../../../../src/cli/test/flags.js';
import { FakeIo, NO_IMAGES, outcome } from '../support.js';
import { aCase, aSuite, companion, type FakeHistory, FakeKit, FakeSuiteEngine } from './support.js';

const passed = outcome({ suite: 's', job: 'a' });
const failed = outcome({ id: 'run2', suite: 's', job: 'b', verdict: 'failed', failures: ['exit code 1'] });
const broken = outcome({ id: 'run3', suite: 's', job: 'c', verdict: 'error', status: 'internal-error' });

let io: FakeIo;
let kit: FakeKit;

beforeEach(() => {
  io = new FakeIo();
  kit = new FakeKit();
});

const test = async (flags: TestFlags = {}, files: readonly string[] = ['a.yaml']): Promise<number> =>
  await testCommand(flags, files, { io, ...NO_IMAGES, loadKit: async () => kit });

const ending = (behave: ConstructorParameters<typeof FakeSuiteEngine>[0]): void => {
  kit.engine = new FakeSuiteEngine(behave);
};

const history = (): FakeHistory => kit.history as FakeHistory;

describe('the exit code of test', () => {
  it.each([
    [0, [passed]],
    [0, [passed, outcome({ suite: 's', verdict: 'skipped', status: 'cancelled' })]],
    [1, [passed, failed]],
    [1, [outcome({ suite: 's', verdict: 'error', status: 'start-failed' })]],
    [125, [failed, broken]],
    [125, [outcome({ suite: 's', verdict: 'error', companions: [companion('internal-error')] })]],
    [1, [outcome({ suite: 's', verdict: 'failed', companions: [companion('nonzero-exit')] })]],
    [1, [failed, { ...broken, final: false }]],
  ])('is %d', async (code, outcomes) => {
    ending(() => outcomes);
    expect(await test()).toBe(code);
    expect(kit.engine.log).toEqual(['closed']);
  });

  it('is a usage error when no case is left', async () => {
    await expect(test({ filter: ['nothing'], label: ['x'] })).rejects.toThrow(
      '--filter and --label: no case is left; hotcell test --list shows all',
    );
    kit.suites = [aSuite()];
    await expect(test()).rejects.toThrow('the suites have no cases');
  });

  it('is that of what the engine threw, with the record closed', async () => {
    ending(() => {
      throw new Error('boom');
    });
    await expect(test()).rejects.toThrow('boom');
    expect(history().log.at(-1)).toEqual(['finish', 125, null]);
  });
});

describe('what test runs', () => {
  it('is the current directory when no file is named', async () => {
    await test({ allowOutside: true }, []);
    expect(kit.loaded).toEqual([['.'], { cwd: '/nowhere', allowOutside: true, allowUnsafe: false }]);
  });

  it('may have less than the usual sandbox only when that is said', async () => {
    await test({ allowUnsafe: true }, ['s.yaml']);
    expect(kit.loaded).toMatchObject([['s.yaml'], { allowUnsafe: true }]);
    await test({ isolation: 'none', allowDegraded: true }, ['s.yaml']);
    expect(kit.loaded).toMatchObject([['s.yaml'], { allowUnsafe: false }]);
  });

  it('is told to the engine', async () => {
    await test({ repeat: '2', shard: '1/3', jobs: '4', sample: '20ms', filter: ['big'] });
    const { filter, ...options } = kit.engine.options;
    expect(options).toMatchObject({
      repeat: 2,
      shard: { index: 1, count: 3 },
      budget: { tasks: 4 },
      sampleIntervalMs: 20,
    });
    expect(kit.jobs).toBe(4);
    expect(filter?.({ suite: 's', job: 'b', case: 'big', labels: {} })).toBe(true);
    expect(filter?.({ suite: 's', job: 'b', case: 'small', labels: {} })).toBe(false);
  });

  it('is held to the isolation of the flags, checkers included', async () => {
    await test({ isolation: 'namespaces', allowDegraded: true });
    const [first] = kit.engine.suites[0]?.cases ?? [];
    for (const job of [first?.program.job, first?.expect.checker?.job]) {
      expect(job).toMatchObject({ isolation: 'namespaces', allowDegraded: true });
    }
  });

  it('is only listed with --list', async () => {
    kit.suites = [aSuite(aCase('a\u001b[2J'), aCase('b', 'small'))];
    expect(await test({ list: true })).toBe(0);
    expect(io.stdout.text).toBe('s › a\\u{1b}[2J\ns › b › small\n');
    expect([kit.engine.log, history().log]).toEqual([[], []]);
  });
});

describe('what test shows', () => {
  it('is plain lines on stderr and a summary on stdout', async () => {
    ending(() => [passed, failed]);
    await test();
    expect(io.stderr.text).toBe('✓ s › a: 5ms\n✗ s › b: exit code 1, 5ms\n');
    expect(io.stdout.text).toBe('summary: a passed\nsummary: b failed\nsummary: end\n');
  });

  it('is nothing with --quiet, but what was asked for', async () => {
    await test({ quiet: true });
    expect([io.stdout.text, io.stderr.text]).toEqual(['', '']);
    await test({ quiet: true, reporter: ['tap'] });
    expect(io.stdout.text).toBe('tap: a passed\ntap: end\n');
  });

  it('has a summary besides reports to files, and none beside one on stdout', async () => {
    await test({ reporter: ['junit=out.xml'] });
    expect(io.stdout.text).toContain('summary: end');
    io = new FakeIo();
    await test({ reporter: ['junit=out.xml', 'tap'] });
    expect([io.stdout.text, io.stderr.text]).toEqual(['tap: a passed\ntap: end\n', '']);
  });

  it('is the live view on a terminal, gone before the summary comes', async () => {
    Object.assign(io, { stderrIsTty: true, stdoutIsTty: true, stdout: io.stderr });
    await test();
    expect(io.stderr.text.endsWith('\u001b[?25hsummary: a passed\nsummary: end\n')).toBe(true);
  });

  it('looks at what runs use only if somebody is to see it', async () => {
    const interval = async (flags: TestFlags): Promise<unknown> => {
      await test(flags);
      return kit.engine.options.sampleIntervalMs;
    };
    expect(await interval({})).toBeNull();
    expect(await interval({ reporter: ['html=x'] })).toBe(50);
    expect(await interval({ reporter: ['html=x'], sample: 'off' })).toBeNull();
    Object.assign(io, { stderrIsTty: true });
    expect(await interval({})).toBe(50);
  });
});

describe('the reports of test', () => {
  it('are refused before anything is loaded', async () => {
    await expect(test({ reporter: ['bogus'] })).rejects.toThrow('reporter "bogus" is unknown');
    expect(kit.loaded).toBeUndefined();
  });

  it('end the run at once when one cannot be begun', async () => {
    kit.createFileReporters = () => ({
      onStart: async () => {
        throw new Error('cannot write out.xml');
      },
      onOutcome: () => undefined,
    });
    await expect(test({ reporter: ['junit=out.xml'] })).rejects.toThrow('cannot write out.xml');
    expect(kit.engine.options.signal?.aborted).toBe(true);
    expect([io.stdout.text, io.stderr.text]).toEqual(['', '']);
  });

  it('that nobody reads any more end the run without a word', async () => {
    io.stdout.error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await test({ quiet: true, reporter: ['tap'] })).toBe(141);
    expect([kit.engine.options.signal?.aborted, io.stderr.text]).toEqual([true, '']);
    expect(history().log.at(-1)).toEqual(['finish', 141, null]);
  });

  it('that cannot be written for another reason are a fault that is told', async () => {
    io.stdout.error = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    await expect(test()).rejects.toThrow('ENOSPC');
  });
});

describe('signals during test', () => {
  /** Runs until it is stopped, and then tells of one more. */
  async function* untilStopped({ signal, stop }: { signal?: AbortSignal; stop?: AbortSignal }) {
    yield passed;
    await new Promise<void>((resolve) => {
      for (const each of [signal, stop]) each?.addEventListener('abort', () => resolve(), { once: true });
    });
    yield outcome({ suite: 's', job: 'late', verdict: 'skipped', status: 'cancelled' });
  }

  async function interrupted(
    signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
    flags: TestFlags = {},
  ): Promise<number> {
    ending(untilStopped);
    const code = test(flags);
    await expect.poll(() => io.stderr.text).toContain('✓ s › a');
    io.signal(signal);
    return await code;
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s cancels, and the reports are complete', async (signal, code) => {
    expect(await interrupted(signal)).toBe(code);
    expect(kit.engine.options.signal?.aborted).toBe(true);
    expect(io.stdout.text).toBe('summary: a passed\nsummary: late skipped\nsummary: end\n');
    expect(io.stderr.text).toContain('to go on: hotcell test --resume run8');
    expect(history().log.at(-1)).toEqual(['finish', code, 2]);
  });

  it('Ctrl-C lets what runs finish if that is wanted', async () => {
    expect(await interrupted('SIGINT', { onInterrupt: 'finish' })).toBe(130);
    expect([kit.engine.options.stop?.aborted, kit.engine.options.signal?.aborted]).toEqual([true, false]);
  });

  it('SIGTERM does not wait, whatever Ctrl-C would do', async () => {
    expect(await interrupted('SIGTERM', { onInterrupt: 'finish' })).toBe(143);
    expect(kit.engine.options.signal?.aborted).toBe(true);
  });

  it('Ctrl-C again leaves at once, though the run does not end', async () => {
    ending(async function* forever() {
      yield passed;
      await new Promise<void>(() => undefined);
    });
    const code = test();
    await expect.poll(() => io.stderr.text).toContain('✓ s › a');
    io.signal('SIGINT');
    io.signal('SIGINT');
    expect(await code).toBe(130);
    expect(io.signal('SIGINT')).toBe(false);
  });

  it('Ctrl-C kills at the second, and leaves at the third, if the first was to wait', async () => {
    ending(async function* forever() {
      yield passed;
      await new Promise<void>(() => undefined);
    });
    const code = test({ onInterrupt: 'finish' });
    await expect.poll(() => io.stderr.text).toContain('✓ s › a');
    io.signal('SIGINT');
    io.signal('SIGINT');
    expect(kit.engine.options.signal?.aborted).toBe(true);
    io.signal('SIGINT');
    expect(await code).toBe(130);
  });

  it('are heard while the engine starts', async () => {
    kit.startEngine = async () => {
      io.signal('SIGINT');
      return kit.engine;
    };
    expect(await test()).toBe(130);
    expect([kit.engine.suites, kit.engine.log]).toEqual([[], ['closed']]);
  });
});

describe('the history of test', () => {
  it('has the run, each outcome and the end', async () => {
    ending(() => [passed, failed]);
    await test({ name: 'nightly' });
    expect(history().log).toEqual([
      ['begin', { name: 'nightly', files: ['a.yaml'], flags: {}, cwd: '/nowhere' }],
      ['append', 'a'],
      ['append', 'b'],
      ['finish', 1, 2],
    ]);
  });

  it('is left alone with --no-history', async () => {
    await test({ history: false });
    expect(history().log).toEqual([]);
  });

  it('that cannot be kept is told, unless it was asked for', async () => {
    kit.history = null;
    expect(await test()).toBe(0);
    expect(io.stderr.text).toContain(
      'hotcell: the run is not kept in the history: cannot keep the history in /x\n',
    );
    await expect(test({ name: 'x' })).rejects.toThrow('cannot keep the history');
    await expect(test({ resume: true })).rejects.toThrow('cannot keep the history');
  });

  it('that breaks on the way does not end the run, and is told at its end', async () => {
    history().appendError = new Error('no space left on device');
    ending(() => [passed, failed]);
    expect(await test()).toBe(1);
    expect(io.stdout.text).toContain('summary: b failed\nsummary: end');
    expect(io.stderr.text.match(/hotcell: no space left on device\n/g)).toHaveLength(1);
    expect(history().log.at(-1)).toEqual(['finish', 1, 2]);
  });

  it('that breaks is a fault for who gave the run a name, now or when it began', async () => {
    history().appendError = new Error('no space left on device');
    expect(await test({ name: 'nightly' })).toBe(125);
    expect(await test({ resume: true }, [])).toBe(0);
    history().found = { ...history().found, name: 'nightly' };
    expect(await test({ resume: true }, [])).toBe(125);
    expect(io.stderr.text).toContain('hotcell: no space left on device\n');
  });

  it('says how many cases have changed since, and refuses flags of a newer version', async () => {
    history().changed = 3;
    await test({ resume: true }, []);
    expect(io.stderr.text).toContain('hotcell: 3 cases have changed and run again\n');
    history().found = { ...history().found, flags: { '--only': ['x'] } };
    await expect(test({ resume: true })).rejects.toThrow(
      '--resume: the run had --only, which this version does not know',
    );
  });

  it('gives a resumed run its files, and what is done is neither run nor kept again', async () => {
    history().done = new Map([['k', passed]]);
    ending(() => [passed, failed]);
    expect(await test({ resume: 'run7' }, [])).toBe(1);
    expect(kit.loaded).toEqual([['old.yaml'], { cwd: '/old', allowOutside: false, allowUnsafe: false }]);
    expect(kit.engine.options.done).toEqual(new Map([['k', passed]]));
    expect(history().log).toEqual([
      ['find', 'run7'],
      ['resume', 'run7'],
      ['append', 'b'],
      ['finish', 1, 2],
    ]);
  });
});

describe('a resumed run', () => {
  it.each([
    [['old.yaml']],
    [['/old/other.yaml', '/old/old.yaml']],
    [['/old/a', '/old/b', '/old/c', '/old/d', '/old/e']],
  ])('of other files than %j is refused before anything is loaded', async (files) => {
    history().found = { ...history().found, name: 'one', files: ['old.yaml', 'dir'] };
    const error = test({ resume: 'one' }, files);
    await expect(error).rejects.toMatchObject({ code: 'invalid-usage' });
    await expect(error).rejects.toThrow(
      /^--resume: run one was of "old\.yaml", "dir", not of ".*"(, 2 more)?; leave the FILE away, or name another run$/,
    );
    expect([kit.loaded, history().log]).toEqual([undefined, [['find', 'one']]]);
  });

  it('told its own files again calls them what it called them before', async () => {
    history().found = { ...history().found, files: ['old.yaml', 'dir'] };
    expect(await test({ resume: 'run7' }, ['/old/dir', '/old/x/../old.yaml'])).toBe(0);
    expect(kit.loaded).toMatchObject([['old.yaml', 'dir'], { cwd: '/old' }]);
  });

  it('says first what there is already, unless it is to be quiet', async () => {
    history().done = new Map([['k', passed]]);
    history().changed = 1;
    await test({ resume: 'run7' }, []);
    const changed = 'hotcell: 1 case has changed and runs again\n';
    expect(io.stderr.text).toMatch(`hotcell: taking up run run7: 1 of 3 have results\n${changed}`);
    io = new FakeIo();
    await test({ resume: 'run7', quiet: true }, []);
    expect(io.stderr.text).toBe(changed);
  });
});

describe('a report in the place of a suite that is run', () => {
  let dir = '';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'hotcell-test-'));
    io.cwd = dir;
    writeFileSync(join(dir, 'a.yaml'), 'jobs');
    symlinkSync('a.yaml', join(dir, 'link'));
    kit.suites = [{ ...aSuite(aCase('a')), path: join(dir, 'a.yaml') }];
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it.each(['a.yaml', './a.yaml', 'link'])('as %s is refused, and the suite stays', async (file) => {
    const error = test({ reporter: [`json=${file}`] });
    await expect(error).rejects.toMatchObject({
      code: 'invalid-usage',
      message: `--reporter: json=${file} would overwrite a suite that is run`,
    });
    expect([readFileSync(join(dir, 'a.yaml'), 'utf8'), kit.engine.suites]).toEqual(['jobs', []]);
  });
});

describe('a lone --resume before a FILE', () => {
  let dir = '';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'hotcell-test-'));
    writeFileSync(join(dir, 'a.yaml'), '');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('resumes the last run, with that file', async () => {
    io.cwd = dir;
    history().found = { ...history().found, files: ['./a.yaml'], cwd: dir };
    await test({ resume: 'a.yaml' }, []);
    expect(history().log[0]).toEqual(['find', null]);
    expect(kit.loaded).toEqual([['./a.yaml'], { cwd: dir, allowOutside: false, allowUnsafe: false }]);
  });
});
