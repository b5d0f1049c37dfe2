/** What root of an image may do in its sandbox, and what nobody may; without a system in the image. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { ending, exited, lines, text, values } from '../support/cell.js';
import { useLayers } from '../support/layers.js';
import { program } from '../support/programs.js';

const layers = useLayers();

let image = '';
beforeAll(() => {
  image = layers.layer();
  mkdirSync(join(image, 'bin'));
  for (const name of ['use-root-rights', 'print-credentials', 'exit-with', 'seize-init'])
    copyFileSync(program(name), join(image, 'bin', name));
});

const run = async (name: string, job: Partial<JobInput> = {}) =>
  await layers.run({ layers: [image] }, { command: [`/bin/${name}`], ...job });

/** Of what the program tries, what it was let. */
async function allowed(job: Partial<JobInput> = {}): Promise<string[]> {
  const outcome = await run('use-root-rights', job);
  expect(text(outcome.stderr)).toBe('');
  expect(ending(outcome)).toEqual(exited(0));
  expect(lines(outcome)).toHaveLength(22);
  return lines(outcome).flatMap((line) => (line.endsWith(' ok') ? line.slice(0, -' ok'.length) : []));
}

const RIGHTS = ['give-away', 'read-others', 'become-another', 'bind-80', 'change-root', 'keep-over-change'];

describe('root of an image', () => {
  test('may do in its sandbox what servers and package managers do, and nothing else', async () => {
    expect(await allowed()).toEqual(RIGHTS);
  });

  test('may do no more of it to the network of the host', async () => {
    const local = RIGHTS.filter((name) => name !== 'bind-80' && name !== 'keep-over-change');
    expect(await allowed({ network: 'host' })).toEqual(local);
  });

  test.each<[string, Partial<JobInput>]>([
    ['dropped all rights', { capDrop: ['ALL'] }],
    ['is somebody else', { user: '1000:1000' }],
    ['is nearly nobody', { user: '65534:65534' }],
  ])('may do nothing of it when it %s', async (_, job) => {
    expect(await allowed(job)).toEqual([]);
  });

  test('may do what it keeps, and no more', async () => {
    expect(await allowed({ capDrop: ['ALL'], capAdd: ['SETUID'] })).toEqual(['become-another']);
    expect(await allowed({ capDrop: ['SETUID', 'SYS_CHROOT'] })).toEqual([
      'give-away',
      'read-others',
      'bind-80',
    ]);
  });

  test.each<[string, Partial<JobInput>]>([
    ['full without seccomp', { seccomp: 'unconfined' }],
    ['namespaces', { isolation: 'namespaces' }],
  ])('cannot reach init or the host either with isolation %s', async (_, job) => {
    // Its own children are its own, and a whiteout needs no right; what the filter refuses beyond the kernel is refused no more.
    const unfiltered = ['become-init', 'make-whiteout'];
    expect((await allowed(job)).filter((name) => !unfiltered.includes(name))).toEqual([
      ...RIGHTS,
      'trace-parent',
    ]);
  });

  test('has no rights without a user namespace', async () => {
    const outcome = await run('print-credentials', { isolation: 'chroot' });
    expect(values(outcome).get('CapPrm')).toBe('0000000000000000');
    expect(values(outcome).get('CapBnd')).toBe('0000000000000000');
  });

  test('cannot limit, slow or pin init, not even before it has settled', async () => {
    for (let round = 0; round < 10; round++) {
      const outcome = await run('seize-init');
      expect(text(outcome.stdout)).toBe('');
      expect(ending(outcome)).toEqual(exited(0));
    }
  });
});

describe('any other user of an image', () => {
  test('has no capability, locked', async () => {
    const seen = values(await run('print-credentials', { user: '1000:7' }));
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect([set, seen.get(set)]).toEqual([set, '0000000000000000']);
    expect(seen.get('NoNewPrivs')).toBe('1');
    // NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each with its lock, and that of KEEP_CAPS; see capabilities(7).
    expect(Number(seen.get('securebits'))).toBe(0b1110_1111);
    expect(seen.get('Groups')).toBe('7');
  });

  test('has the groups that the image gives it', async () => {
    const seen = values(await run('print-credentials', { user: 'www-data' }));
    expect([seen.get('Uid'), seen.get('Gid'), seen.get('Groups')]).toEqual([
      '33 33 33 33',
      '33 33 33 33',
      '33 50',
    ]);
  });
});
