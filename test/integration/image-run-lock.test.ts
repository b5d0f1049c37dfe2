/** The lock of an image: shared by its runs, free once nothing of them is left, whatever ended them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { RunControl } from '../../src/worker/index.js';
import { ending, exited } from '../support/cell.js';
import { useLayers } from '../support/layers.js';
import { sandboxProcesses } from '../support/leaks.js';
import { program } from '../support/programs.js';

const layers = useLayers();

let image = '';
beforeAll(() => {
  image = layers.layer();
  for (const name of ['exit-with', 'sleep-forever', 'orphan-daemon'])
    copyFileSync(program(name), join(image, name));
});

const isFree = (): boolean => {
  try {
    execFileSync('flock', ['--nonblock', '--exclusive', layers.lockPath, 'true']);
    return true;
  } catch {
    return false;
  }
};

/** Waits until nobody holds it; fails after ten seconds. */
const untilFree = async (): Promise<void> =>
  void (await execa('flock', ['--wait', '10', '--exclusive', layers.lockPath, 'true']));

function link(target: string): string {
  const path = join(layers.directory, 'lock-link');
  symlinkSync(target, path);
  return path;
}

function fifo(): string {
  const path = join(layers.directory, 'lock-fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

/** The only run's program is below its init, and that below its keeper. */
function victim(who: 'sleep-forever' | 'init' | 'keeper'): number {
  const processes = sandboxProcesses();
  const program = processes.find(({ name }) => name === 'sleep-forever');
  const init = processes.find(({ pid }) => pid === program?.parent);
  const found = { 'sleep-forever': program?.pid, init: init?.pid, keeper: init?.parent }[who];
  if (found === undefined) throw new Error(`there is no ${who}`);
  return found;
}

interface Started {
  readonly control: RunControl;
  readonly outcome: ReturnType<typeof layers.run>;
}

/** A program that has started and will not end by itself. */
async function start(job: Partial<JobInput> = {}): Promise<Started> {
  const control = new RunControl();
  let seen: () => void = () => undefined;
  const printed = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const outcome = layers.run(
    { layers: [image] },
    { command: ['/sleep-forever'], ...job },
    { control, onStdout: () => seen() },
  );
  await Promise.race([printed, outcome]);
  return { control, outcome };
}

afterEach(untilFree);

test('is held by each of several runs, and free when the last is over', async () => {
  const [one, two] = [await start(), await start()];
  expect(isFree()).toBe(false);
  one.control.kill();
  await one.outcome;
  expect(isFree()).toBe(false);
  two.control.kill();
  await two.outcome;
  expect(isFree()).toBe(true);
});

test('is free at once when a run has ended, though a daemon of it was left', async () => {
  for (let round = 0; round < 20; round++) {
    const outcome = await layers.run({ layers: [image] }, { command: ['/orphan-daemon'] });
    expect(ending(outcome)).toEqual(exited(0));
    expect(isFree()).toBe(true);
  }
});

test('is held until the outputs of a run are read', async () => {
  const full = layers.layer();
  mkdirSync(join(full, 'many'));
  // More than fits between the launcher and us.
  for (let index = 0; index < 64; index++)
    writeFileSync(join(full, `many/${index}`), Buffer.alloc(1024 * 1024));
  let atFirst: boolean | undefined;
  let count = 0;
  const onOutput = (): void => {
    atFirst ??= isFree();
    count++;
  };
  const job = { command: ['/exit-with', '0'], outputs: ['/many'] };
  await layers.run({ layers: [image, full] }, job, { onOutput });
  expect([atFirst, isFree(), count]).toEqual([false, true, 65]);
});

test.each([
  ['its program', 'sleep-forever'],
  ['its init', 'init'],
  ['its keeper', 'keeper'],
] as const)('is free after %s was killed from outside', async (_, who) => {
  const { outcome } = await start();
  expect(isFree()).toBe(false);
  process.kill(victim(who), 'SIGKILL');
  expect((await outcome).status).not.toBe('ok');
  await untilFree();
});

test.each<[string, () => string]>([
  ['is not there', () => join(layers.directory, 'missing')],
  ['is a link', () => link(layers.lockPath)],
  ['is a directory', () => layers.layer()],
  ['is a FIFO', () => fifo()],
])('that %s lets nothing start', async (_, make) => {
  const lockPath = make();
  const outcome = await layers.run({ layers: [image], lockPath }, { command: ['/exit-with', '0'] });
  expect(outcome.status).toBe('start-failed');
  expect(outcome.message).toContain('image');
});

test('that somebody has for himself lets nothing start, and a later run does', async () => {
  const remover = execa('flock', ['--exclusive', layers.lockPath, 'sh', '-c', 'echo locked; exec cat']);
  await new Promise((resolve) => remover.stdout.once('data', resolve));
  const command: [string, ...string[]] = ['/exit-with', '0'];
  const refused = await layers.run({ layers: [image] }, { command });
  expect([refused.status, refused.message]).toEqual([
    'start-failed',
    expect.stringMatching(/^image: "test": is being removed/),
  ]);
  remover.stdin.end();
  await remover;
  expect(ending(await layers.run({ layers: [image] }, { command }))).toEqual(exited(0));
});

// The last one here: the connection that the others use is gone afterwards.
test('is free after the launcher was killed', async () => {
  const { outcome } = await start();
  expect(isFree()).toBe(false);
  process.kill(layers.launcherPid, 'SIGKILL');
  expect((await outcome).status).toBe('internal-error');
  await untilFree();
});
