/** Images of an ordinary user: unpacked, run and removed with the owners that this user can give. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHotcell, createImages, type Hotcell } from '../../src/engine/index.js';
import { readHost } from '../../src/sandbox/index.js';
import { lines } from '../support/cell.js';
import { program } from '../support/programs.js';

const isSingle = readHost().identities === 'single';
const directory = mkdtempSync(join(tmpdir(), 'rootless-images-'));
const home = join(directory, 'home');
let cell: Hotcell;

async function archive(): Promise<string> {
  const root = join(directory, 'root');
  for (const path of ['bin', 'etc', 'srv']) mkdirSync(join(root, path), { recursive: true });
  await copyFile(program('print-credentials'), join(root, 'bin/credentials'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nweb:x:33:33::/srv:/bin/sh\n');
  writeFileSync(join(root, 'srv/page'), 'page');
  const parts = ['0:0 bin etc', '33:33 srv'].map((part, index) => {
    const [owner = '', ...paths] = part.split(' ');
    const [uid, gid] = owner.split(':');
    const tar = join(directory, `${index}.tar`);
    execFileSync('tar', [
      '-C',
      root,
      `--owner=${uid}`,
      `--group=${gid}`,
      '--numeric-owner',
      '-cf',
      tar,
      ...paths,
    ]);
    return tar;
  });
  execFileSync('tar', ['-Af', ...parts]);
  return parts[0] ?? '';
}

beforeAll(async () => {
  cell = await createHotcell({ home });
  await using images = await createImages({ home, address: cell.address });
  await images.import({ path: await archive() }, { reference: 'web:1' });
});
afterAll(async () => {
  await cell.close();
  await using images = await createImages({ home });
  await images.remove('web:1');
  const left = readdirSync(join(home, 'images/layers'));
  rmSync(directory, { recursive: true });
  expect(left).toEqual([]);
});

const idsOf = async (user?: string) => {
  const outcome = await cell.run({ image: 'web:1', command: ['/bin/credentials'], user });
  return lines(outcome).find((line) => line.startsWith('Uid')) ?? outcome.message;
};

test('root of an image is root of the sandbox', async () => {
  expect(await idsOf()).toMatch(/^Uid\s+0 0 0 0/);
});

test('its other users are there where there are ids for them', async () => {
  if (isSingle) await expect(idsOf('web')).rejects.toMatchObject({ code: 'isolation-unavailable' });
  else expect(await idsOf('web')).toMatch(/^Uid\s+33 33 33 33/);
});

test('owners are kept where there are ids for them', () => {
  const owner = Number(
    execFileSync('find', [join(home, 'images/layers'), '-name', 'page', '-printf', '%U']).toString(),
  );
  const first = readHost().userNamespace?.subordinate?.uids.ranges[0]?.first;
  expect(owner).toBe(isSingle || first === undefined ? process.geteuid?.() : first + 33);
});
