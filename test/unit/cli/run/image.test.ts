import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFlags } from '../../../../src/cli/run/flags.js';
import { HotcellError } from '../../../../src/core/index.js';
import { CAPABILITIES, type ImageConfig, type JobInput } from '../../../../src/spec/index.js';
import { cli, FakeEngine, FakeIo, outcome } from '../support.js';

const NOTHING: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: null,
  user: null,
  labels: {},
  stopSignal: null,
  volumes: [],
  exposedPorts: [],
};

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'run-image-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const missing = (reference: string): HotcellError =>
  new HotcellError({ code: 'image-not-found', message: `there is no image "${reference}"` });

/** A store with one image, named `app`. */
function services(config: Partial<ImageConfig> = {}) {
  return {
    findImage: async (reference: string) => {
      if (reference !== 'app') throw missing(reference);
      const files = { layers: ['/layer'], lockPath: '/lock', passwd: '', group: '' };
      return { reference, id: `sha256:${'0'.repeat(64)}`, ...files, config: { ...NOTHING, ...config } };
    },
  };
}

async function jobOf(argv: readonly string[], config: Partial<ImageConfig> = {}): Promise<JobInput> {
  const io = Object.assign(new FakeIo(), { cwd });
  const { code, engine, err } = await cli(['run', '--image', 'app', ...argv], { io, ...services(config) });
  expect([code, err]).toEqual([0, '']);
  return engine.job ?? {};
}

const argvOf = ({ entrypoint, command, args }: JobInput) => ({ entrypoint, command, args });

describe('hotcell run in an image of the store', () => {
  it.each([
    [[], {}],
    [['ls', '-l'], { command: ['ls', '-l'] }],
    [['', 'x'], { command: ['', 'x'] }],
    [['--entrypoint', 'sh'], { entrypoint: ['sh'], args: [] }],
    [['--entrypoint', 'sh', '--', '-c', 'true'], { entrypoint: ['sh'], args: ['-c', 'true'] }],
    [['--entrypoint', '', 'sh'], { entrypoint: [], args: ['sh'] }],
  ])('leaves with %j to the image what docker would', async (argv, expected) => {
    const nothing = { entrypoint: undefined, command: undefined, args: undefined };
    expect(argvOf(await jobOf(argv))).toEqual({
      ...nothing,
      ...expected,
    });
  });

  it('copies a program of this host in, where the command line says what is run', async () => {
    writeFileSync(join(cwd, 'prog'), '');
    const entrypoint = ['/entry'];
    expect(await jobOf(['./prog', 'x'])).toMatchObject({
      command: ['/box/prog', 'x'],
      files: { '/box/prog': { path: join(cwd, 'prog') } },
    });
    expect(await jobOf(['./prog', 'x'], { entrypoint })).toMatchObject({
      command: ['./prog', 'x'],
      files: {},
    });
    expect(await jobOf(['--entrypoint', './prog', 'x'], { entrypoint })).toMatchObject({
      entrypoint: ['/box/prog'],
      args: ['x'],
      files: { '/box/prog': { path: join(cwd, 'prog') } },
    });
    expect(await jobOf(['--entrypoint=', './prog'], { entrypoint })).toMatchObject({
      entrypoint: [],
      args: ['/box/prog'],
    });
    expect(await jobOf([join(cwd, 'prog')])).toMatchObject({ command: [join(cwd, 'prog')], files: {} });
  });

  it('copies out relative to where the image starts', async () => {
    const io = Object.assign(new FakeIo(), { cwd });
    const engine = new FakeEngine(async ({ options }) => {
      const bytes = Buffer.from('1');
      await options.onOutput?.({ kind: 'file', path: '/srv/out', output: 0, mode: 0o644, bytes });
      return outcome();
    });
    const flags = ['--image', 'app', '--copy-out', 'out'];
    const ran = await cli(['run', ...flags], { io, engine, ...services({ workdir: '/srv' }) });
    expect([ran.code, ran.err]).toEqual([0, '']);
  });

  it('says in one line that there is no such image, before anything is started', async () => {
    const startEngine = vi.fn();
    const ran = await cli(['run', '--image', 'ap', 'x'], { ...services(), startEngine });
    expect(ran).toMatchObject({
      code: 125,
      err: 'hotcell: --image: there is no image "ap"\nhotcell: fetch it with --pull missing, or load it with "hotcell image load -i PATH"\n',
    });
    expect(startEngine).not.toHaveBeenCalled();
  });

  it('fetches what is not there only if it may', async () => {
    const log: string[] = [];
    const openImages = async () =>
      ({
        pull: async (reference: string) => {
          log.push(reference);
          throw new HotcellError({ code: 'registry', message: 'registry.example: not found' });
        },
        close: async () => undefined,
      }) as never;
    const run = async (pull: string) =>
      await cli(['run', '-q', '--image', 'ap', '--pull', pull, 'x'], { ...services(), openImages });
    expect((await run('never')).err).toContain('there is no image "ap"');
    expect(log).toEqual([]);
    expect(await run('missing')).toMatchObject({ code: 125, err: 'hotcell: registry.example: not found\n' });
    expect(log).toEqual(['ap']);
    expect((await run('mising')).err).toContain(
      '--pull: "mising" is not allowed; use one of missing, always, never; did you mean "missing"?',
    );
  });

  it('recognises the order of docker', async () => {
    const failed = { status: 'start-failed', exitCode: null, startFailure: 'not-found' } as const;
    const engine = new FakeEngine(async () => outcome({ ...failed, message: 'not found: app on PATH' }));
    expect((await cli(['run', 'app', 'sh'], { engine, ...services() })).err).toBe(
      'hotcell: not found: app on PATH; there is an image of that name: hotcell run --image app\n',
    );
    const inImage = ['run', '--image', 'app', 'app'];
    expect((await cli(inImage, { engine, ...services() })).err).toBe('hotcell: not found: app on PATH\n');
  });

  it('still wants a command where no image can have one', async () => {
    expect((await cli(['run', '--image', 'host'], services())).err).toContain('COMMAND is missing');
    expect((await cli(['run', '--image', 'dir:/srv'], services())).err).toContain('COMMAND is missing');
    const { engine } = await cli(['run', '--entrypoint', 'sh', '--', '-c', 'true'], services());
    expect(engine.job).toMatchObject({ command: ['sh', '-c', 'true'] });
  });
});

describe('the stop signal', () => {
  /** What the program gets until it ends, of SIGTERM to Hotcell. */
  async function stopped(argv: readonly string[], stopSignal: string | null = null) {
    const io = Object.assign(new FakeIo(), { cwd });
    const engine = new FakeEngine(async (running) => {
      await Promise.resolve(); // until the run is known
      io.signal('SIGTERM');
      return running.log.length > 0 ? outcome({ exitCode: 0 }) : await running.cancelled();
    });
    const flags = ['--image', 'app', ...argv];
    const { code } = await cli(['run', ...flags], { io, engine, ...services({ stopSignal }) });
    return { code, log: engine.log.filter((line) => line.startsWith('signal')) };
  }

  it.each([
    [[], 'SIGQUIT', 'SIGQUIT'],
    [[], 'quit', 'SIGQUIT'],
    [[], '3', 'SIGQUIT'],
    [['--stop-signal', 'int'], 'SIGQUIT', 'SIGINT'],
    [['--stop-signal', '10'], null, 'SIGUSR1'],
  ])('with %j in an image with %s is %s', async (argv, image, signal) => {
    expect(await stopped(argv, image)).toEqual({ code: 0, log: [`signal ${signal}`] });
  });

  it.each([null, 'SIGRTMIN+3', '99', ''])('is none in an image with %j', async (image) => {
    expect(await stopped([], image)).toEqual({ code: 143, log: [] });
  });

  it.each([
    ['SIGTREM', '--stop-signal: "SIGTREM" is not a signal; did you mean SIGTERM?'],
    ['0', '--stop-signal: "0" is not a signal; use a name such as SIGQUIT'],
    ['', '--stop-signal: "" is not a signal; use a name such as SIGQUIT'],
  ])('cannot be %j', async (signal, message) => {
    const { code, err } = await cli(['run', '--stop-signal', signal, 'x']);
    expect([code, err]).toEqual([2, `hotcell run: ${message}\n`]);
  });
});

it('knows every capability that a program can have', () => {
  const flag = runFlags().find(({ long }) => long === '--cap-add');
  expect(flag?.completes).toEqual(CAPABILITIES);
});
