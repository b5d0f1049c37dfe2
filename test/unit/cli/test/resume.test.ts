import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suiteKit } from '../../../../src/cli/suite-kit.js';
import { testCommand } from '../../../../src/cli/test/command.js';
import type { TestFlags } from '../../../../src/cli/test/flags.js';
import type { TestKit } from '../../../../src/cli/test/kit.js';
import { keyOfOutcome, RunStore, select } from '../../../../src/engine/index.js';
import type { Outcome, ResolvedImage } from '../../../../src/spec/index.js';
import { FakeIo, NO_IMAGES, outcome } from '../support.js';
import { companion, FakeSuiteEngine } from './support.js';

let dir = '';
let io: FakeIo;
/** `job/case#repeat` of what was not done before. */
let ran: string[] = [];
let nextId = 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-resume-'));
  ran = [];
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

type Ending = (job: string, repeat: number) => Partial<Outcome>;

/** The real history and the real suites; only programs are not run. */
const kitWith = (ending: Ending): TestKit => ({
  ...suiteKit,
  startEngine: async () =>
    new FakeSuiteEngine(({ done, ...selection }, suites) =>
      select(suites, selection).map(({ suite, case: { job, case: name }, repeat }) => {
        const one = outcome({ id: `o${nextId++}`, suite: suite.name, job, case: name, repeat });
        const known = done?.get(keyOfOutcome(one) ?? '');
        if (known === undefined) ran.push(`${job}/${name}#${repeat}`);
        return known ?? { ...one, ...ending(job, repeat) };
      }),
    ),
});

/** @returns the exit code, what ran, and what was said on stderr */
async function test(
  flags: TestFlags = {},
  {
    files = [],
    ending = () => ({}),
    imageId = null,
  }: { files?: string[]; ending?: Ending; imageId?: string | null } = {},
) {
  io = new FakeIo();
  Object.assign(io, { cwd: dir, env: { HOTCELL_HOME: join(dir, 'home') } });
  ran = [];
  const code = await testCommand({ quiet: true, ...flags }, files, {
    io,
    ...NO_IMAGES,
    ...(imageId !== null && { findImage: async () => ({ id: imageId }) as ResolvedImage }),
    loadKit: async () => kitWith(ending),
  });
  return { code, ran, err: io.stderr.text };
}

const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);

type Fields = Readonly<Record<string, unknown>>;

const A = { name: 'a', stdin: '1', expect: { stdout: '1' } };
const B = { name: 'b', stdin: '2' };

/** A suite of one job; JSON is YAML as well. */
function writeSuite(cases: readonly Fields[] = [A, B], job: Fields = {}): void {
  write('s.yaml', JSON.stringify({ name: 's', jobs: [{ name: 'sum', command: ['cat'], ...job, cases }] }));
}

const cancelled: Partial<Outcome> = { status: 'cancelled', verdict: 'skipped' };

describe('a resumed run that is told something else', () => {
  it.each([
    [{ repeat: '5' }, '--resume goes on with a run that had --repeat "3", not --repeat "5"; leave it out'],
    [{ filter: ['a', 'b'] }, 'had --filter "a", not --filter "a" --filter "b"'],
    [{ label: ['x'] }, 'had no --label, not --label "x"'],
    [{ shard: '1/2' }, 'had no --shard'],
    [{ retries: '1' }, 'had no --retries'],
    [{ isolation: 'none' }, 'had --isolation "full", not --isolation "none"'],
    [{ allowOutside: true }, 'had no --allow-outside, not --allow-outside; leave it out, or begin a new run'],
    [{ allowDegraded: true }, 'had no --allow-degraded'],
    [{ allowUnsafe: true }, 'had no --allow-unsafe, not --allow-unsafe; leave it out, or begin a new run'],
  ] as const)('by %j is refused', async (flags, message) => {
    writeSuite();
    await test({ repeat: '3', filter: ['a'], isolation: 'full' }, { files: ['s.yaml'] });
    await expect(test({ resume: true, ...flags })).rejects.toThrow(message);
    expect(ran).toEqual([]);
  });
});

describe('a resumed run', () => {
  it('is about what it was about before', async () => {
    writeSuite();
    const flags = {
      ...{ repeat: '3', filter: ['/› a$/'], label: [], isolation: 'namespaces' },
      ...{ allowDegraded: true, retries: '2' },
    };
    const ending: Ending = (_job, repeat) => (repeat === 1 ? {} : cancelled);
    expect((await test(flags, { files: ['s.yaml'], ending })).ran).toEqual(['sum/a#1', 'sum/a#2', 'sum/a#3']);
    expect(await test({ resume: true })).toMatchObject({ ran: ['sum/a#2', 'sum/a#3'], err: '' });
    expect(await test({ resume: true, repeat: '3' })).toMatchObject({ ran: [] });
    const store = await RunStore.open(join(dir, 'home'));
    const [run] = await store.list();
    expect(run?.record.flags).toEqual({
      '--repeat': ['3'],
      '--filter': ['/› a$/'],
      '--isolation': ['namespaces'],
      '--allow-degraded': [],
      '--retries': ['2'],
    });
  });

  it('may still have less than the usual sandbox', async () => {
    writeSuite([A], { isolation: 'none' });
    await expect(test({}, { files: ['s.yaml'] })).rejects.toThrow('allow it with --allow-unsafe');
    await test({ allowUnsafe: true }, { files: ['s.yaml'], ending: () => cancelled });
    expect(await test({ resume: true })).toMatchObject({ code: 0, ran: ['sum/a#1'] });
  });

  it('runs again what a fault of ours spoiled, a checker’s included', async () => {
    writeSuite();
    const ending: Ending = () => ({ verdict: 'error', companions: [companion('internal-error')] });
    expect((await test({}, { files: ['s.yaml'], ending })).code).toBe(125);
    expect(await test({ resume: true })).toMatchObject({ code: 0, ran: ['sum/a#1', 'sum/b#1'], err: '' });
  });
});

describe('a case that has changed', () => {
  const again = async (): Promise<{ ran: string[]; err: string }> => {
    const { ran: repeated, err } = await test({ resume: true });
    return { ran: repeated, err };
  };

  it.each<[string, Fields]>([
    ['its input', { stdin: '3' }],
    ['what is expected', { expect: { stdout: '3' } }],
    ['how often it is tried', { retries: 2 }],
    ['its environment', { env: { A: '1' } }],
    ['its limits', { limits: { wallTime: '1s' } }],
  ])('in %s runs again, is told of, and is no change once it is taken back', async (_what, change) => {
    writeSuite();
    await test({ repeat: '2' }, { files: ['s.yaml'] });
    writeSuite([{ ...A, ...change }, B]);
    expect(await again()).toEqual({
      ran: ['sum/a#1', 'sum/a#2'],
      err: 'hotcell: 1 case has changed and runs again\n',
    });
    expect(await again()).toEqual({ ran: [], err: '' });
    writeSuite();
    expect(await again()).toEqual({ ran: [], err: '' });
  });

  it.each<[string, Fields, Fields]>([
    ['program', { command: ['cat'] }, { command: ['tac'] }],
    ['checker', { expect: { checker: { command: ['a'] } } }, { expect: { checker: { command: ['b'] } } }],
    ['interactor', { interactor: { command: ['a'] } }, { interactor: { command: ['b'] } }],
    [
      'build',
      { build: { command: ['cc', '-O1'], outputs: ['x'] } },
      { build: { command: ['cc', '-O2'], outputs: ['x'] } },
    ],
  ])('in its %s runs again with all others', async (_what, before, after) => {
    const cases = [{ name: 'a' }, { name: 'b' }];
    writeSuite(cases, before);
    await test({}, { files: ['s.yaml'] });
    expect(await again()).toEqual({ ran: [], err: '' });
    writeSuite(cases, after);
    expect(await again()).toEqual({
      ran: ['sum/a#1', 'sum/b#1'],
      err: 'hotcell: 2 cases have changed and run again\n',
    });
  });

  it('in a file that it names runs again, and one whose file is as it was does not', async () => {
    for (const name of ['a.in', 'a.out', 'b.txt']) write(name, '1');
    writeSuite([
      { name: 'a', stdin: { path: 'a.in' }, expect: { stdout: { path: 'a.out' } } },
      { name: 'b', files: { x: { path: 'b.txt' } } },
    ]);
    await test({}, { files: ['s.yaml'] });
    write('a.out', '22');
    expect((await again()).ran).toEqual(['sum/a#1']);
    utimesSync(join(dir, 'b.txt'), 1, 1);
    expect((await again()).ran).toEqual(['sum/b#1']);
    expect((await again()).ran).toEqual([]);
  });

  it('in the image that its reference means runs again', async () => {
    writeSuite([A], { image: 'debian' });
    await test({}, { files: ['s.yaml'], imageId: 'sha256:1' });
    expect((await test({ resume: true }, { imageId: 'sha256:1' })).ran).toEqual([]);
    const { ran: rerun, err } = await test({ resume: true }, { imageId: 'sha256:2' });
    expect([rerun, err]).toEqual([['sum/a#1'], 'hotcell: 1 case has changed and runs again\n']);
  });

  it('only in its place or its priority is no other', async () => {
    writeSuite();
    await test({}, { files: ['s.yaml'] });
    writeSuite([{ ...B, priority: 5 }, A, { name: 'c' }]);
    expect(await again()).toEqual({ ran: ['sum/c#1'], err: '' });
  });
});
