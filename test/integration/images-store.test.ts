/** The store under stress: many at once, killed at any moment, on a full disk. It is valid, and work is done once. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { checkStore, type StoreProgress } from '../../src/image/index.js';
import {
  configBlob,
  dockerArchive,
  gzip,
  ociTar,
  type TarEntry,
  type TestImage,
  tarOf,
} from '../support/archives/index.js';
import { publish, startAndWaitFor } from '../support/cell.js';
import { StoreProcess, useStores } from '../support/images/store.js';
import { program } from '../support/programs.js';
import { seeded } from '../support/victims.js';

const stores = useStores();

type TestLayer = TestImage['layers'][number];

/** A layer of some files, by a seed that makes it another than others. */
function layerOf(name: string, files: number, bytes = 2000): TestLayer {
  const entries = Array.from(
    { length: files },
    (_, index): TarEntry => ({
      name: `${name}/${index % 10}/file${index}`,
      body: Buffer.alloc(bytes, `${name}${index}`),
    }),
  );
  const tar = tarOf(entries);
  return { tar, blob: gzip(tar, 1), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
}

const PROGRAM: TestLayer = {
  tar: tarOf([{ name: 'bin/sleep-forever', mode: 0o755, body: readFileSync(program('sleep-forever')) }]),
};

const imageOf = (tag: string, ...layers: TestLayer[]): TestImage => ({
  tag,
  layers: [PROGRAM, ...layers],
  config: { Cmd: ['/bin/sleep-forever'] },
});

/** What must be true of any store, whatever happened to it. */
async function expectValid(home = stores.home): Promise<void> {
  expect(await checkStore(home)).toEqual([]);
}

const unfinished = (): string[] => readdirSync(join(stores.home, 'images/tmp'));

/** Every file of a layer is as it was put in. */
function expectFiles(directory: string, name: string, files: number, bytes = 2000): void {
  for (let index = 0; index < files; index++) {
    expect(
      readFileSync(join(directory, name, String(index % 10), `file${index}`)).equals(
        Buffer.alloc(bytes, `${name}${index}`),
      ),
    ).toBe(true);
  }
}

describe('one image, wanted by several at once', () => {
  test.each([2, 8])('by %d in one process is unpacked once', async (count) => {
    const path = stores.file('image.tar', ociTar(imageOf('app:1', layerOf('a', 300), layerOf('b', 300))));
    const seen: StoreProgress[][] = Array.from({ length: count }, () => []);
    const loads = seen.map((progress) =>
      stores.images.load({ path }, { onProgress: (one) => progress.push(one) }),
    );
    const ids = (await Promise.all(loads)).flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    const unpacked = seen.map(
      (progress) => new Set(progress.filter(({ phase }) => phase === 'unpacking').map(({ id }) => id)),
    );
    expect(unpacked.flatMap((layers) => [...layers]).sort()).toEqual(
      [...new Set(unpacked.flatMap((layers) => [...layers]))].sort(),
    );
    expect(unpacked.flatMap((layers) => [...layers])).toHaveLength(3);
    await expectValid();
    expect(unfinished()).toEqual([]);
  });

  test('by several processes is unpacked once', async () => {
    const path = stores.file('image.tar', dockerArchive(imageOf('app:1', layerOf('a', 500))));
    const processes = [1, 2, 3].map(() => new StoreProcess([stores.home, 'load', path]));
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(processes.flatMap((one) => [...new Set(one.said('unpacking'))])).toHaveLength(2);
    expect(new Set(processes.flatMap((one) => one.said('id'))).size).toBe(1);
    await expectValid();
  });

  test('as the archive of a root file system is unpacked once, too', async () => {
    const path = stores.file('root.tar', tarOf([{ name: 'x', body: randomBytes(100_000) }]));
    await vi.waitFor(() => expect(Date.now() - 2500).toBeGreaterThan(statSync(path).mtimeMs), {
      timeout: 5000,
      interval: 50,
    });
    const seen: string[] = [];
    const all = await Promise.all(
      [1, 2, 3].map((n) =>
        stores.images.import(
          { path },
          { reference: `root:${n}`, onProgress: ({ phase }) => seen.push(phase) },
        ),
      ),
    );
    expect(new Set(all).size).toBe(1);
    expect(readdirSync(join(stores.home, 'images/layers'))).toHaveLength(1);
    expect((await stores.images.inspect('root:2')).tags).toEqual(['root:1', 'root:2', 'root:3']);
    await expectValid();
  });
});

describe('a process that is killed', () => {
  const KILLS = 15;
  const seed = Number(process.env.HOTCELL_SEED ?? Date.now() % 1_000_000);
  const random = seeded(seed);

  test(`at any of ${KILLS} moments (seed ${seed}) leaves a store that is valid, and that the next can use`, async () => {
    const files = 400;
    const path = stores.file('image.tar', ociTar(imageOf('app:1', layerOf('a', files), layerOf('b', files))));
    const started = performance.now();
    const whole = new StoreProcess([stores.home, 'load', path]);
    expect(await whole.ended).toBe(0);
    const wholeMs = performance.now() - started;
    const [id = ''] = whole.said('id');
    await stores.images.remove('app:1');
    const stages = new Map<string, number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = new StoreProcess([stores.home, 'load', path]);
      await Promise.race([delay(random() * wholeMs * 1.1), victim.ended]);
      victim.child.kill('SIGKILL');
      await victim.ended;
      const stage = victim.lines.at(-1)?.split(' ')[0] ?? 'start';
      stages.set(stage, (stages.get(stage) ?? 0) + 1);
      await expectValid();
      // Sometimes the next one comes into what is left, and sometimes all of that is removed before.
      if (random() < 0.3) await stores.images.prune({ all: true });
    }
    publish('killed while', [Object.fromEntries(stages)]);
    expect(await stores.images.load({ path })).toEqual([{ id, tags: ['app:1'] }]);
    await expectValid();
    expect(unfinished()).toEqual([]);
    const { layers } = await stores.images.resolve('app:1');
    expectFiles(layers[1] ?? '', 'a', files);
    expectFiles(layers[2] ?? '', 'b', files);
    await stores.images.prune({ all: true });
    for (const name of ['layers', 'blobs/sha256', 'records', 'removed', 'names', 'tmp']) {
      expect([name, readdirSync(join(stores.home, 'images', name))]).toEqual([name, []]);
    }
  }, 120_000);

  test('gives up its locks, so that who waited for its layer makes it', async () => {
    const path = stores.file('image.tar', ociTar(imageOf('app:1', layerOf('a', 3000))));
    const first = new StoreProcess([stores.home, 'load', path]);
    await vi.waitFor(() => expect(first.said('unpacking')).not.toEqual([]), { timeout: 20_000, interval: 1 });
    const second = stores.images.load({ path });
    await delay(random() * 50);
    first.child.kill('SIGKILL');
    expect(await second).toHaveLength(1);
    await expectValid();
    // What it left is removed by the next that begins.
    await stores.images.tag('app:1', 'app:2');
    expect(unfinished()).toEqual([]);
  });
});

describe('a full disk', () => {
  /** Does all of it on a small tmpfs that nobody else sees. The words of each step stand in its own lines. */
  const onDisk = (size: string, ...steps: string[]): StoreProcess => {
    const script = [
      'mount -t tmpfs -o mode=0700,size="$SIZE",nr_inodes=4000 none "$HOME_DIR"',
      ...steps,
    ].join('\n');
    const before = [
      'env',
      `SIZE=${size}`,
      `HOME_DIR=${stores.path('disk')}`,
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      `${script}\nexit 0`,
    ];
    return new StoreProcess([], before);
  };

  const run = (what: string, argument = ''): string => `"$0" "$1" "$HOME_DIR" ${what} ${argument}`;

  test.each(['60k', '400k', '1m', '2m', '3m'])(
    'of %s leaves a store that is valid, and works when there is space',
    async (size) => {
      mkdirSync(stores.path('disk'));
      const path = stores.file(
        'image.tar',
        ociTar(imageOf('app:1', layerOf('a', 400, 4000), layerOf('b', 400, 4000))),
      );
      const child = onDisk(
        size,
        run('load', path),
        'echo again',
        run('check'),
        'mount -o remount,size=64m none "$HOME_DIR"',
        run('load', path),
        run('check'),
        run('prune', 'all'),
        'find "$HOME_DIR/images" -mindepth 2 -not -path "*/locks/*" -not -path "*/blobs/sha256" | sed "s/^/left /"',
      );
      expect(await child.ended).toBe(0);
      const [error = ''] = child.said('error');
      expect(error).toMatch(/^io: .*(ENOSPC|no space)/);
      expect(child.said('problem')).toEqual([]);
      expect(child.said('id')).toHaveLength(1);
      expect(child.said('left')).toEqual([]);
    },
    60_000,
  );

  test('of inodes is one, too', async () => {
    mkdirSync(stores.path('disk'));
    const path = stores.file('image.tar', ociTar(imageOf('app:1', layerOf('a', 5000, 10))));
    const child = onDisk('64m', run('load', path), run('check'));
    expect(await child.ended).toBe(0);
    expect(child.said('error')[0]).toMatch(/^io: .*(ENOSPC|no space)/);
    expect(child.said('problem')).toEqual([]);
  });
});

describe('removal', () => {
  test('beside imports loses nothing', async () => {
    const shared = layerOf('shared', 200);
    const paths = Array.from({ length: 6 }, (_, n) =>
      stores.file(`${n}.tar`, ociTar(imageOf(`app:${n}`, shared, layerOf(`own${n}`, 50)))),
    );
    let isOver = false;
    const pruning = (async () => {
      while (!isOver) await stores.images.prune();
    })();
    const removing = (async () => {
      for (let n = 0; !isOver; n++) {
        await stores.images
          .remove(`app:${n % 3}`)
          .catch((error: { code: string }) => expect(error.code).toBe('image-not-found'));
        await delay(5);
      }
    })();
    for (let round = 0; round < 3; round++) {
      expect(await Promise.all(paths.map((path) => stores.images.load({ path })))).toHaveLength(6);
    }
    isOver = true;
    await Promise.all([pruning, removing]);
    await expectValid();
    for (const n of [3, 4, 5]) {
      const { layers } = await stores.images.resolve(`app:${n}`);
      expectFiles(layers[1] ?? '', 'shared', 200);
      expectFiles(layers[2] ?? '', `own${n}`, 50);
    }
  }, 120_000);

  test('of an image that a program runs in is refused, and done when that is over', async () => {
    const path = stores.file('image.tar', ociTar(imageOf('app:1')));
    const [loaded] = await stores.images.load({ path });
    const handle = await startAndWaitFor(stores.hotcell, { image: 'app:1' }, 'ready');
    for (const reference of ['app:1', loaded?.id ?? '']) {
      await expect(stores.images.remove(reference, { force: true })).rejects.toMatchObject({
        code: 'image-in-use',
        message: expect.stringContaining('a program is running in it'),
      });
    }
    expect(await stores.images.prune({ all: true })).toMatchObject({ deleted: [] });
    await expectValid();
    handle.kill();
    expect((await handle.outcome).status).toBe('cancelled');
    await vi.waitFor(async () =>
      expect(await stores.images.remove('app:1')).toMatchObject({ deleted: [loaded?.id] }),
    );
    await expect(stores.hotcell.run({ image: 'app:1' })).rejects.toMatchObject({ code: 'image-not-found' });
  });

  test('of an image leaves the layers of one that runs', async () => {
    const shared = layerOf('shared', 20);
    await stores.images.load({ path: stores.file('1.tar', ociTar(imageOf('app:1', shared))) });
    await stores.images.load({
      path: stores.file('2.tar', ociTar(imageOf('app:2', shared, layerOf('own', 10)))),
    });
    const handle = await startAndWaitFor(stores.hotcell, { image: 'app:1' }, 'ready');
    expect((await stores.images.remove('app:2')).deleted).toHaveLength(1);
    expect(readdirSync(join(stores.home, 'images/layers'))).toHaveLength(2);
    await expectValid();
    handle.kill();
    await handle.outcome;
  });
});

test('work that is called off leaves nothing behind, and can be begun again', async () => {
  const of = imageOf('app:1', layerOf('a', 3000), layerOf('b', 3000));
  const path = stores.file('image.tar', ociTar(of));
  const ending = new AbortController();
  const onProgress = ({ phase }: StoreProgress) => {
    if (phase === 'unpacking') ending.abort(new Error('enough'));
  };
  await expect(stores.images.load({ path }, { onProgress, signal: ending.signal })).rejects.toThrow('enough');
  expect(unfinished()).toEqual([]);
  await expectValid();
  expect(await stores.images.list()).toEqual([]);
  expect(await stores.images.load({ path })).toEqual([{ id: configBlob(of).digest, tags: ['app:1'] }]);
});
