import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunServices, runCommand } from '../../../../src/cli/run/command.js';
import { HotcellError } from '../../../../src/core/index.js';
import type { RunStore } from '../../../../src/store/index.js';
import { makeStore } from '../../store/support.js';
import { FakeEngine, FakeIo, flagsOf, outcome } from '../support.js';

let store: RunStore;
let home = '';

beforeEach(async () => {
  ({ store, home } = await makeStore());
});

const chatty = (): FakeEngine =>
  new FakeEngine(async ({ options }) => {
    await options.onStdout?.(Buffer.from('out\n'));
    await options.onStderr?.(Buffer.from('err\n'));
    return outcome({ status: 'nonzero-exit', exitCode: 3 });
  });

async function run(argv: readonly string[], services: Partial<RunServices> = {}) {
  const io = new FakeIo();
  const { flags, command } = flagsOf(argv);
  const all = {
    io,
    startEngine: async () => chatty(),
    openHistory: async () => store,
    findImage: () => Promise.reject(new Error('no images in this test')),
    openImages: () => Promise.reject(new Error('no images in this test')),
    ...services,
  };
  const code = await runCommand(flags, command, all);
  return { code, out: io.stdout.text, err: io.stderr.text };
}

async function logOf(name: string): Promise<string> {
  let text = '';
  for await (const { stream, bytes } of store.log(name))
    text += `${stream}: ${Buffer.from(bytes).toString()}`;
  return text;
}

describe('a name that cannot be had', () => {
  it('is one that another run has, or none at all, and nothing is started', async () => {
    await run(['--name', 'web', 'prog']);
    const startEngine = async (): Promise<never> => {
      throw new Error('started');
    };
    await expect(run(['--name', 'web', 'prog'], { startEngine })).rejects.toMatchObject({
      code: 'invalid-usage',
      message: expect.stringMatching(
        /^--name: the name "web" is in use by run \w{26}; choose another one, or free it: hotcell rm web$/,
      ),
    });
    await expect(run(['--name', 'my run', 'prog'], { startEngine })).rejects.toMatchObject({
      code: 'invalid-usage',
      message: expect.stringMatching(/^--name: "my run" cannot be a run's name; use a letter or digit, then/),
    });
  });

  it('is free again when the run could not begin', async () => {
    const startEngine = async (): Promise<never> => {
      throw new HotcellError({ code: 'launcher-not-found', message: 'no launcher' });
    };
    await expect(run(['--name', 'web', 'prog'], { startEngine })).rejects.toMatchObject({
      message: 'no launcher',
    });
    await expect(run(['--name', 'web', '--copy-in', '/nonexistent:x', 'prog'])).rejects.toMatchObject({
      code: 'invalid-usage',
    });
    expect(await store.list()).toEqual([]);
    expect(await run(['--name', 'web', 'prog'])).toMatchObject({ code: 3 });
  });
});

describe('a named run', () => {
  it('is in the history with its output and how it ended', async () => {
    expect(await run(['--name', 'web', '-l', 'team=x', 'prog', 'arg'])).toEqual({
      code: 3,
      out: 'out\n',
      err: 'err\n',
    });
    const { record, state } = await store.get('web');
    expect(state).toBe('exited');
    expect(record).toMatchObject({
      kind: 'run',
      labels: { team: 'x' },
      image: 'host',
      command: ['prog', 'arg'],
      cwd: '/nowhere',
      exitCode: 3,
      stoppable: true,
      outcome: { status: 'nonzero-exit' },
    });
    expect(await logOf('web')).toBe('stdout: out\nstderr: err\n');
  });

  it('is there while it runs', async () => {
    const startEngine = async () =>
      new FakeEngine(async () => {
        expect(await store.get('web')).toMatchObject({ state: 'running', pid: process.pid });
        return outcome();
      });
    expect(await run(['--name', 'web', 'prog'], { startEngine })).toMatchObject({ code: 0 });
  });

  it('has its output in the log also when only the outcome is printed', async () => {
    const { out, err } = await run(['--name', 'web', '--json', 'prog']);
    expect([JSON.parse(out), err]).toEqual([outcome({ status: 'nonzero-exit', exitCode: 3 }), '']);
    expect(await logOf('web')).toBe('stdout: out\nstderr: err\n');
  });

  it('is gone at its end with --rm', async () => {
    expect(await run(['--name', 'web', '--rm', 'prog'])).toMatchObject({ code: 3 });
    expect(readdirSync(join(home, 'runs'))).toEqual([]);
    expect(readdirSync(join(home, 'names'))).toEqual([]);
  });

  it('says what could not be kept, and exits as its program all the same', async () => {
    const openHistory = async () => {
      const create = async (...args: Parameters<RunStore['create']>) => {
        const live = await store.create(...args);
        return {
          id: live.id,
          write: live.write.bind(live),
          finish: async () => {
            await live.finish({ exitCode: 0 });
            throw new HotcellError({ code: 'io', message: 'cannot write x: no space left on device' });
          },
        };
      };
      return Object.assign(Object.create(store) as RunStore, { create });
    };
    expect(await run(['--name', 'web', 'prog'], { openHistory })).toEqual({
      code: 3,
      out: 'out\n',
      err: 'err\nhotcell: --name: cannot write x: no space left on device\n',
    });
  });
});

describe('a run without a name', () => {
  it('leaves nothing behind, and does not even open the history', async () => {
    const openHistory = async (): Promise<never> => {
      throw new Error('opened');
    };
    expect(await run(['-l', 'a=b', 'prog'], { openHistory })).toMatchObject({ code: 3 });
    expect(readdirSync(join(home, 'runs'))).toEqual([]);
  });
});
