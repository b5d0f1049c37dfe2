import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Build, JobInput, Outcome } from '../../src/spec/index.js';
import { outcomeSchema } from '../../src/spec/index.js';
import { runBuild, runCase } from '../../src/worker/index.js';
import { caseOf, programOf, textExpectation, useJudging } from '../support/cases.js';
import { text } from '../support/cell.js';

const judging = useJudging();

const shell = (script: string, rest: Partial<JobInput> = {}): JobInput =>
  ({ ...rest, command: ['/bin/sh', '-c', script] }) as JobInput;

/** As a suite has it: what follows the script are its arguments from `$0` on. */
const checkerOf = (script: string, rest: Partial<JobInput> = {}) =>
  programOf({ ...rest, command: ['/bin/sh', '-c', script, 'checker'] } as JobInput);

const check = (script: string, program = shell('echo 42'), answer = 'the answer\n'): Promise<Outcome> =>
  judging.run(caseOf({ program, expect: { stdout: textExpectation(answer), checker: checkerOf(script) } }));

describe('a case', () => {
  test('says whose it is, and holds the shape of an outcome', async () => {
    const item = caseOf({ program: shell('echo 1'), job: 'sum', case: 'small', labels: { lang: 'sh' } });
    const task = { suite: 'math', case: item, built: {}, attempt: 2, repeat: 3, final: false };
    const outcome = await runCase(judging.context, structuredClone(task));
    expect(outcome).toMatchObject({
      suite: 'math',
      job: 'sum',
      case: 'small',
      attempt: 2,
      repeat: 3,
      final: false,
    });
    expect(outcome).toMatchObject({
      role: 'program',
      verdict: 'passed',
      labels: { lang: 'sh' },
      companions: [],
    });
    expect(outcomeSchema.parse(outcome)).toEqual(outcome);
  });

  test('is compared with all that was written, and keeps only the head of it', async () => {
    const program = shell('yes | head -c 300000; printf end; yes e | head -c 200000 >&2');
    const stdout = textExpectation(`${'y\n'.repeat(150_000)}end`);
    const item = caseOf({ program, expect: { stdout } });
    const task = { suite: 's', case: item, built: {}, attempt: 1, repeat: 1, captureBytes: 1000 };
    const outcome = await runCase(judging.context, task);
    expect(outcome).toMatchObject({ verdict: 'passed', stdout: { bytes: 300_003, truncated: false } });
    expect(text(outcome.stdout)).toBe('y\n'.repeat(500));
    const wrong = caseOf({ program, expect: { stdout: textExpectation(`${'y\n'.repeat(150_000)}End`) } });
    expect(await judging.run(wrong)).toMatchObject({
      verdict: 'failed',
      differences: [{ what: 'stdout', line: 150_001, column: 1 }],
    });
  });

  test('keeps 64 KiB of each stream unless said otherwise', async () => {
    const outcome = await judging.run(caseOf({ program: shell('head -c 100000 /dev/zero') }));
    expect(text(outcome.stdout).length).toBe(65_536);
    expect(outcome.stdout.bytes).toBe(100_000);
  });

  test('finds its outputs wherever the path begins', async () => {
    const program = shell('mkdir d; echo 1 > d/a; echo 2 > b; ln -s b c', { outputs: ['d', '/box/b', 'c'] });
    const outputs = [
      { path: 'd/a', content: textExpectation('1\n') },
      { path: 'b', content: textExpectation('2\n') },
    ];
    expect(await judging.run(caseOf({ program, expect: { outputs } }))).toMatchObject({ verdict: 'passed' });
    const link = [{ path: 'c', content: null }];
    const outcome = await judging.run(caseOf({ program, expect: { outputs: link } }));
    expect(outcome.failures).toEqual([expect.stringMatching(/^output "c": a symlink/)]);
  });

  test('is an error of the suite when a file of it is gone', async () => {
    const program = shell('cat x', { files: { x: { path: '/there/is/nothing' } } });
    await expect(judging.run(caseOf({ program }))).rejects.toMatchObject({ code: 'invalid-spec' });
    const stdout = { ...textExpectation(''), expected: { kind: 'path', path: '/there/is/nothing' } } as const;
    const item = caseOf({ program: shell('true'), expect: { stdout } });
    await expect(judging.run(item)).rejects.toMatchObject({ code: 'invalid-spec' });
  });
});

describe('a checker', () => {
  test('gets what the program read, what it wrote, and the answer', async () => {
    const program = shell('cat > /dev/null; echo 42', { stdin: 'question\n' });
    const script =
      'test "$(cat "$1")" = question && test "$(cat "$2")" = 42 && test "$(cat "$3")" = "the answer"';
    const outcome = await check(script, program);
    expect(outcome).toMatchObject({
      verdict: 'passed',
      companions: [{ role: 'checker', status: 'ok', exitCode: 0 }],
    });
    expect(outcomeSchema.parse(outcome)).toEqual(outcome);
  });

  test('is right by exit code 0, wrong by 1, and broken by everything else', async () => {
    expect(await check('echo "7 is missing" >&2; exit 1')).toMatchObject({
      verdict: 'failed',
      status: 'ok',
      failures: ['checker: 7 is missing'],
      message: null,
      companions: [{ role: 'checker', exitCode: 1 }],
    });
    expect(await check('exit 1')).toMatchObject({ verdict: 'failed', failures: ['checker: exit code 1'] });
    for (const [script, why] of [
      ['echo usage; exit 2', 'the checker broke: exit code 2: usage'],
      ['kill -SEGV $$', 'the checker broke: killed by SIGSEGV'],
    ] as const) {
      expect(await check(script)).toMatchObject({ verdict: 'error', failures: [], message: why });
    }
  });

  test('has limits of its own', async () => {
    const checker = checkerOf('while :; do :; done', { limits: { cpuTime: '100ms' } });
    const outcome = await judging.run(caseOf({ program: shell('echo 1'), expect: { checker } }));
    expect(outcome).toMatchObject({ verdict: 'error', companions: [{ status: 'cpu-time-exceeded' }] });
    expect(outcome.message).toContain('the checker broke: CPU time limit');
  });

  test('that cannot be started is an error', async () => {
    const checker = programOf({ command: ['./nothing'] });
    const outcome = await judging.run(caseOf({ program: shell('echo 1'), expect: { checker } }));
    expect(outcome).toMatchObject({ verdict: 'error', companions: [{ status: 'start-failed' }] });
  });

  test('is not asked when something else is wrong already', async () => {
    expect(await check('exit 0', shell('exit 3'))).toMatchObject({ verdict: 'failed', companions: [] });
  });

  test('gets bytes of any kind and size, from memory and from files', async () => {
    const path = join(judging.directory, 'large');
    writeFileSync(path, Buffer.alloc(5_000_000, 'é\0\xff\n', 'latin1'));
    const program = shell('cat', { stdin: { path } });
    const answer = { ...textExpectation(''), expected: { kind: 'path', path } } as const;
    const checker = checkerOf('cmp "$1" "$2" && cmp "$2" "$3" && ! test -L "$2"');
    const outcome = await judging.run(caseOf({ program, expect: { stdout: answer, checker } }));
    expect(outcome).toMatchObject({ verdict: 'passed', stdout: { bytes: 5_000_000 } });
  });

  test('cannot write terminal escapes into the reason, whose lines are kept', async () => {
    const outcome = await check("printf '\\033[2Ja\\nb'; exit 1");
    expect(outcome.failures).toEqual(['checker: \\u{1b}[2Ja\nb']);
  });

  test('cannot make the reason long', async () => {
    const outcome = await check('yes | head -c 1000000; exit 1');
    expect(outcome.failures[0]?.length).toBeLessThan(1100);
    expect(outcome.companions[0]?.stdout.bytes).toBe(1_000_000);
  });
});

describe('a build', () => {
  const buildOf = (job: JobInput): Build => ({
    id: 'b',
    name: 'tool',
    job: { ...programOf(job).job, name: 'tool' },
  });

  test('saves what it made, for programs to use with its modes', async () => {
    const build = buildOf(
      shell(
        'mkdir -p d/e; printf "#!/bin/sh\\necho built" > run; chmod 755 run; echo x > d/e/x; chmod 600 d/e/x',
        {
          outputs: ['run', 'd'],
        },
      ),
    );
    const { outcome, files } = await judging.build(build);
    expect(outcome).toMatchObject({
      suite: 'suite',
      job: 'tool',
      case: null,
      role: 'build',
      verdict: 'passed',
    });
    expect(outcomeSchema.parse(outcome)).toEqual(outcome);
    expect(files.map(({ dest, mode }) => [dest, mode])).toEqual([
      ['run', 0o755],
      ['d/e/x', 0o600],
    ]);
    const program = shell('./run; cat d/e/x; stat -c %a run d/e/x', { workdir: '/elsewhere' });
    const item = caseOf({ program, build: 'b', expect: { stdout: textExpectation('built\nx\n755\n600\n') } });
    expect(await judging.run(item, { b: files })).toMatchObject({ verdict: 'passed', failures: [] });
  });

  test('that fails, or does not make what it was to make, gives no files', async () => {
    const failing = await judging.build(buildOf(shell('echo no >&2; > run; exit 1', { outputs: ['run'] })));
    expect(failing).toMatchObject({ outcome: { verdict: 'failed', failures: ['exit code 1'] }, files: [] });
    expect(text(failing.outcome.stderr)).toBe('no\n');
    const missing = await judging.build(buildOf(shell('> run', { outputs: ['run', 'other'] })));
    expect(missing).toMatchObject({ outcome: { status: 'ok', verdict: 'failed' }, files: [] });
    expect(missing.outcome.failures).toEqual([expect.stringMatching(/^output ".*other": /)]);
  });

  test('writes only into its directory, under names of ours', async () => {
    const directory = mkdtempSync(join(judging.directory, 'shelf-'));
    const script = "mkdir 'd'; > 'd/..x'; > 'd/a\nb'; ln -s /etc/passwd d/link; mkfifo d/fifo; > d/ok";
    const build = buildOf(shell(script, { outputs: ['d'] }));
    const { outcome, files } = await runBuild(judging.context, { suite: 's', build, directory });
    expect(outcome.verdict).toBe('failed');
    expect(files).toEqual([]);
    const [made, ...others] = readdirSync(directory);
    expect(others).toEqual([]);
    expect(readdirSync(join(directory, made ?? '')).every((name) => /^\d+$/.test(name))).toBe(true);
  });

  test('keeps its files from everybody else', async () => {
    const { files } = await judging.build(buildOf(shell('echo 1 > a; chmod 777 a', { outputs: ['a'] })));
    const [file] = files;
    expect(file).toBeDefined();
    const path = file?.path ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toBe('1\n');
  });

  test('whose files cannot be saved is an error of ours', async () => {
    const directory = join(judging.directory, 'gone');
    const build = buildOf(shell('echo 1 > a', { outputs: ['a'] }));
    const running = runBuild(judging.context, { suite: 's', build, directory });
    await expect(running).rejects.toMatchObject({ code: 'io' });
    mkdirSync(directory);
    chmodSync(directory, 0o700);
    expect((await runBuild(judging.context, { suite: 's', build, directory })).outcome.verdict).toBe(
      'passed',
    );
  });

  test('that was never run is a fault of ours, not of the program', async () => {
    const item = caseOf({ program: shell('true'), build: 'unknown' });
    await expect(judging.run(item)).rejects.toMatchObject({ code: 'internal' });
  });
});
