/** Images that lay traps where we put things of ours: the host stays as it is, and nothing is taken for ours that is not. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { ending, exited, lines, text, values } from '../support/cell.js';
import { debootstrap } from '../support/debootstrap.js';
import { useLayers } from '../support/layers.js';
import { program } from '../support/programs.js';

const layers = useLayers();

/** Programs that need nothing of their image. */
let programs = '';
/** What links of the images point at, on the host and, by the same path, in an image. */
let canary = '';
let image = '';

beforeAll(() => {
  programs = layers.layer();
  for (const name of ['exit-with', 'leave-keys']) copyFileSync(program(name), join(programs, name));
});

/** A system with a shell. */
let base = '';
beforeAll(async () => {
  base = await debootstrap();
}, 600_000);

beforeEach(() => {
  image = layers.layer();
  canary = layers.layer();
  writeFileSync(join(canary, 'file'), 'untouched', { mode: 0o600 });
});

function expectUntouched(): void {
  expect(readdirSync(canary)).toEqual(['file']);
  expect(readFileSync(join(canary, 'file'), 'utf8')).toBe('untouched');
}

const at = (path: string): string => join(image, path);
const inDirectory = (path: string): string => {
  mkdirSync(at(path.slice(0, path.lastIndexOf('/'))), { recursive: true });
  return at(path);
};

const run = async (job: Partial<JobInput> = {}) =>
  await layers.run({ layers: [programs, image] }, { command: ['/exit-with', '0'], ...job });
const shell = async (script: string, job: Partial<JobInput> = {}) =>
  await layers.run({ layers: [base, image] }, { command: ['sh', '-c', script], ...job });

const TRAPS: readonly (readonly [string, (path: string) => void])[] = [
  ['a link to the host', (path) => symlinkSync(canary, path)],
  ['a link upwards', (path) => symlinkSync('../../../../../..', path)],
  ['a link to itself', (path) => symlinkSync(path.slice(path.lastIndexOf('/') + 1), path)],
  ['a file', (path) => writeFileSync(path, 'trap')],
  ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  ['a device', (path) => void execFileSync('mknod', [path, 'c', '1', '5'])],
];

describe.each(TRAPS)('%s', (_, lay) => {
  test.each(['/proc', '/dev'])('at %s ends the run before it starts', async (path) => {
    lay(at(path));
    const outcome = await run();
    expect([outcome.status, outcome.message]).toEqual(['start-failed', expect.stringContaining(path)]);
    expectUntouched();
  });

  test.each(['/tmp', '/var/tmp', '/sys', '/etc'])('at %s is left to the program', async (path) => {
    lay(inDirectory(path));
    expect(ending(await run())).toEqual(exited(0));
    expectUntouched();
  });

  test.each(['/box', '/data'])('at %s is no place to mount or work', async (path) => {
    lay(at(path));
    const mounted = await run({ mounts: [{ source: canary, target: path }] });
    expect(mounted.status).toBe('start-failed');
    const scratch = await run({ tmpfs: [{ target: path }] });
    expect(scratch.status).toBe('start-failed');
    expectUntouched();
  });

  test.each(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'])(
    'at %s makes room for ours',
    async (path) => {
      lay(inDirectory(path));
      const outcome = await shell(`stat -c "%F %u:%g %a" ${path}`);
      expect(lines(outcome)).toEqual([expect.stringMatching(/^regular (?:empty )?file 0:0 644$/)]);
      expectUntouched();
    },
  );
});

describe('a directory', () => {
  test.each(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'])('at %s is left', async (path) => {
    mkdirSync(at(path), { recursive: true });
    writeFileSync(at(`${path}/own`), '');
    const outcome = await shell(`ls ${path}`);
    expect(lines(outcome)).toEqual(['own']);
  });
});

test('devices of an image are none, whatever they are called', async () => {
  mkdirSync(at('/dev'));
  execFileSync('mknod', [at('/dev/null'), 'c', '1', '1']);
  execFileSync('mknod', [at('/disk'), 'b', '7', '0']);
  execFileSync('mknod', [at('/zero'), 'c', '1', '5']);
  const outcome = await shell(
    'stat -c %t:%T /dev/null; for f in /disk /zero; do (: < $f); done; echo x > /dev/null',
  );
  expect(lines(outcome)).toEqual(['1:3']);
  expect(text(outcome.stderr).match(/Permission denied/g)).toHaveLength(2);
});

test('setuid programs and file capabilities of an image give nobody anything', async () => {
  copyFileSync(program('print-credentials'), at('/who'));
  chmodSync(at('/who'), 0o4755);
  execFileSync('setcap', ['cap_net_admin+ep', at('/who')]);
  const seen = values(await run({ user: '1000:1000', command: ['/who'] }));
  expect([seen.get('Uid'), seen.get('CapPrm')]).toEqual(['1000 1000 1000 1000', '0000000000000000']);
});

test('a hard link between layers is written apart', async () => {
  writeFileSync(at('/one'), 'one');
  linkSync(at('/one'), at('/two'));
  const outcome = await shell('echo changed > /one; cat /one /two');
  expect(text(outcome.stdout)).toBe('changed\none');
  expect(readFileSync(at('/two'), 'utf8')).toBe('one');
});

test('the working directory of an image keeps its owner, and is made where it is missing', async () => {
  mkdirSync(at('/srv'), { mode: 0o711 });
  symlinkSync('/srv', at('/link'));
  const where = async (workdir: string): Promise<string[]> =>
    lines(await shell('pwd -P; stat -c "%u %a" .', { workdir, user: '7:7' }));
  expect(await where('/')).toEqual(['/', '0 755']);
  expect(await where('/srv')).toEqual(['/srv', '0 711']);
  expect(await where('/link')).toEqual(['/srv', '0 711']);
  expect(await where('/new/deep')).toEqual(['/new/deep', '7 755']);
});

test('what root leaves with another user in a slot is gone for the next run', async () => {
  const without = { seccomp: 'unconfined' } as const;
  for (let round = 0; round < 10; round++) {
    const found = await run({ command: ['/leave-keys', 'look', '5'], ...without });
    expect(text(found.stdout)).toBe('');
    const left = await run({ command: ['/leave-keys', '5'], ...without });
    expect(text(left.stdout)).toBe('left\n');
  }
});

test('five hundred layers are an image, and one more is refused', async () => {
  const empty = Array.from({ length: 499 }, () => layers.layer());
  const command = ['/exit-with', '0'];
  expect(ending(await layers.run({ layers: [programs, ...empty] }, { command }))).toEqual(exited(0));
  const more = layers.run({ layers: [programs, ...empty, image] }, { command });
  await expect(more).rejects.toMatchObject({ code: 'invalid-spec', message: expect.stringContaining('500') });
  for (const layer of empty) rmSync(layer, { recursive: true });
});
