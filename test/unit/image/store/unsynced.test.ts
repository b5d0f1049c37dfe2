/** What becomes of layers when the machine stops before they are on the disk. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkStore, ImageResolver } from '../../../../src/image/store/index.js';
import { ociTar, tarOf } from '../../../support/archives/index.js';
import { openPlainStore, usePlainStore } from '../../../support/images/plain-store.js';

const plain = usePlainStore();

const layersOf = (): string[] => readdirSync(layersPath()).map((hex) => join(layersPath(), hex));
const layersPath = (): string => join(plain.home, 'images/layers');
const marked = (): string[] => layersOf().filter((path) => existsSync(join(path, 'unsynced')));
const resolve = (name: string) => new ImageResolver(plain.home).resolve(name);

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');

/** As if the machine had stopped after this, before its files were on the disk. */
const stopMachine = (): void => {
  for (const path of layersOf()) writeFileSync(join(path, 'unsynced'), 'another boot');
};

async function load(tag: string, content: string): Promise<void> {
  const path = plain.path('archive.tar');
  writeFileSync(path, ociTar({ tag, layers: [{ tar: tarOf([{ name: 'file', body: content }]) }] }));
  await plain.load(path);
}

test('a layer is marked until it is on the disk', async () => {
  let release: () => void = () => undefined;
  const disk = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = await openPlainStore(plain.home, [], { sync: () => disk });
  await load('a:1', 'x');
  expect(marked()).toEqual([]);
  for (const path of layersOf()) writeFileSync(join(path, 'unsynced'), bootId());
  await slow.adding({}, () => Promise.resolve());
  expect(marked()).toHaveLength(1);
  expect((await resolve('a:1')).layers).toHaveLength(1);
  expect(await checkStore(plain.home)).toEqual([]);
  release();
  await slow.close();
  expect(marked()).toEqual([]);
});

test('a disk that does not take it is told by close, and the layer stays marked', async () => {
  await load('a:1', 'x');
  for (const path of layersOf()) writeFileSync(join(path, 'unsynced'), bootId());
  const broken = await openPlainStore(plain.home, [], { sync: () => Promise.reject(new Error('EIO')) });
  await broken.adding({}, () => Promise.resolve());
  await expect(broken.close()).rejects.toThrow('EIO');
  expect(marked()).toHaveLength(1);
});

describe('after the machine stopped too early', () => {
  test('nothing runs in the layer, and to prune makes it again', async () => {
    await load('a:1', 'x');
    stopMachine();
    await expect(resolve('a:1')).rejects.toMatchObject({
      message: expect.stringMatching(/the machine stopped before the layer sha256:\w+ was on the disk/),
      hint: expect.stringContaining('hotcell image prune'),
    });
    const before = plain.jobs.length;
    await plain.store.prune({ all: false });
    expect(plain.jobs).toHaveLength(before + 1);
    expect((await resolve('a:1')).layers).toHaveLength(1);
    expect(await checkStore(plain.home)).toEqual([]);
  });

  test('whoever adds an image makes it again', async () => {
    await load('a:1', 'x');
    stopMachine();
    await load('b:1', 'y');
    expect((await resolve('a:1')).layers).toHaveLength(1);
    expect(marked()).toEqual([]);
  });

  test('one that cannot be made again costs other images nothing, and its own comes back by loading it', async () => {
    await load('a:1', 'x');
    stopMachine();
    for (const name of readdirSync(join(plain.home, 'images/blobs/sha256'))) {
      rmSync(join(plain.home, 'images/blobs/sha256', name));
    }
    await load('b:1', 'y');
    expect((await resolve('b:1')).layers).toHaveLength(1);
    await expect(resolve('a:1')).rejects.toMatchObject({
      message: expect.stringMatching(/the layer sha256:\w+ is gone/),
      hint: 'load or pull the image again',
    });
    await load('a:1', 'x');
    expect((await resolve('a:1')).layers).toHaveLength(1);
  });

  test.each([
    ['loading its image', true],
    ['pruning', false],
  ])('one that is gone comes back by %s', async (_, byLoading) => {
    await load('a:1', 'x');
    for (const path of layersOf()) rmSync(path, { recursive: true });
    await expect(resolve('a:1')).rejects.toThrow('is gone');
    if (byLoading) await load('a:1', 'x');
    else await plain.store.prune({ all: false });
    expect((await resolve('a:1')).layers).toHaveLength(1);
  });
});
