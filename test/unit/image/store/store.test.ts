import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkStore, ImageResolver } from '../../../../src/image/store/index.js';
import { FileLock } from '../../../../src/image/store/lock.js';
import {
  configBlob,
  dockerArchive,
  gzip,
  ociTar,
  type TestImage,
  tarOf,
  xz,
  zstd,
} from '../../../support/archives/index.js';
import { NO_CONFIG, usePlainStore } from '../../../support/images/plain-store.js';

const plain = usePlainStore();

const layer = (name: string, content = name) => ({ tar: tarOf([{ name, body: content }]) });
const LOW = layer('low');
const image = (tag: string, ...names: string[]): TestImage => ({
  tag,
  layers: [LOW, ...names.map((name) => layer(name))],
});

function file(name: string, bytes: Uint8Array): string {
  const path = plain.path(name);
  writeFileSync(path, bytes);
  return path;
}

const load = async (of: TestImage, write = ociTar): Promise<string> => {
  const [id = ''] = await plain.load(file('archive.tar', write(of)));
  return id;
};

const layersThere = (): number => readdirSync(join(plain.home, 'images/layers')).length;

describe('an image', () => {
  test('is there with its name, its id and what it says of itself', async () => {
    const config = { Cmd: ['/bin/sh'], Env: ['A=1'], User: 'www-data', Labels: { a: 'b' } };
    const id = await load({ ...image('tools:1', 'x'), config });
    expect(id).toBe(configBlob({ ...image('tools:1', 'x'), config }).digest);
    const [listed] = await plain.store.list();
    expect(listed).toMatchObject({ id, tags: ['tools:1'], digests: [], labels: { a: 'b' }, sizeBytes: 4 });
    const found = await new ImageResolver(plain.home).resolve('tools:1');
    expect(found).toMatchObject({
      reference: 'tools:1',
      id,
      config: { cmd: ['/bin/sh'], env: { A: '1' }, user: 'www-data' },
    });
    expect(found.layers.map((path) => statSync(path).isDirectory())).toEqual([true, true]);
    expect(statSync(found.lockPath).isFile()).toBe(true);
    expect(await checkStore(plain.home)).toEqual([]);
  });

  test('is found by its id and by the beginning of it, when that is only one', async () => {
    const id = await load(image('one:1', 'a'));
    const hex = id.slice('sha256:'.length);
    const resolver = new ImageResolver(plain.home);
    for (const text of [id, hex, hex.slice(0, 4), hex.slice(0, 12), `sha256:${hex.slice(0, 12)}`]) {
      expect((await resolver.resolve(text)).id).toBe(id);
    }
    await expect(resolver.resolve(hex.slice(0, 3))).rejects.toThrow(/there is no image/);
    await expect(resolver.resolve(`${hex.slice(0, 8)}${hex.startsWith('0', 8) ? '1' : '0'}`)).rejects.toThrow(
      /there is no image/,
    );
  });

  test('with a layer whose bytes are another’s is refused, also when both are there', async () => {
    const [x, y] = [layer('x'), layer('y')];
    await load({ tag: 'x:1', layers: [{ ...x, blob: gzip(x.tar) }] });
    await load({ tag: 'y:1', layers: [{ ...y, blob: gzip(y.tar) }] });
    const before = plain.listing();
    await expect(load({ tag: 'z:1', layers: [{ ...x, blob: gzip(y.tar) }] })).rejects.toMatchObject({
      code: 'bad-archive',
    });
    await expect(plain.store.inspect('z:1')).rejects.toMatchObject({ code: 'image-not-found' });
    expect(Object.keys(plain.listing()).filter((path) => path.startsWith('records'))).toEqual(
      Object.keys(before).filter((path) => path.startsWith('records')),
    );
    expect((await new ImageResolver(plain.home).resolve('y:1')).layers).toHaveLength(1);
  });

  test('is not taken for another that is named like the beginning of its id', async () => {
    const id = await load(image('one:1', 'a'));
    const short = id.slice('sha256:'.length).slice(0, 12);
    const other = await load(image(`${short}:latest`, 'b'));
    const resolver = new ImageResolver(plain.home);
    await expect(resolver.resolve(short)).rejects.toThrow(
      /is the name of one image and the beginning of another's id/,
    );
    expect((await resolver.resolve(`sha256:${short}`)).id).toBe(id);
    expect((await resolver.resolve(`${short}:latest`)).id).toBe(other);
  });

  test('that is not there is an error with the nearest name that is', async () => {
    await load(image('registry.example:5000/team/tools:1.0', 'a'));
    await expect(plain.store.inspect('registry.example:5000/team/toolz:1.0')).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringContaining('did you mean "registry.example:5000/team/tools:1.0"?'),
    });
    await expect(plain.store.inspect('..')).rejects.toMatchObject({ code: 'invalid-spec' });
    await expect(new ImageResolver(plain.path('nowhere')).resolve('x')).rejects.toMatchObject({
      code: 'image-not-found',
    });
  });

  test('has users from the uppermost layer that says something', async () => {
    const etc = (entries: Parameters<typeof tarOf>[0]) => ({ tar: tarOf(entries) });
    const passwd = (body: string) =>
      etc([
        { name: 'etc/passwd', body },
        { name: 'etc/group', body: 'g' },
      ]);
    const get = async (...layers: { tar: Buffer }[]) => {
      await load({ tag: 'users:1', layers });
      const { passwd: users, group } = await new ImageResolver(plain.home).resolve('users:1');
      return [users, group];
    };
    expect(await get(LOW)).toEqual(['', '']);
    expect(await get(passwd('low'), LOW)).toEqual(['low', 'g']);
    expect(await get(passwd('low'), passwd('high'), LOW)).toEqual(['high', 'g']);
    expect(await get(passwd('low'), etc([{ name: 'etc/.wh.passwd' }]))).toEqual(['', 'g']);
    expect(await get(passwd('low'), etc([{ name: 'etc/passwd', type: '2', link: '/etc/shadow' }]))).toEqual([
      '',
      'g',
    ]);
    expect(await get(passwd('low'), etc([{ name: 'etc/passwd', type: '6' }]))).toEqual(['', 'g']);
    expect(await get(passwd('low'), etc([{ name: '.wh.etc' }]))).toEqual(['', '']);
  });

  test('with the same layer twice is stacked with the upper one only', async () => {
    const empty = { tar: tarOf([]) };
    await load({ tag: 'twice:1', layers: [empty, LOW, empty, layer('x'), empty] });
    const { layers } = await new ImageResolver(plain.home).resolve('twice:1');
    expect(layers).toHaveLength(3);
    expect(new Set(layers).size).toBe(3);
    expect(plain.jobs).toHaveLength(3);
    expect((await plain.store.inspect('twice:1')).diffIds).toHaveLength(5);
  });
});

describe('what is there already', () => {
  test('is not read again, whatever it is called', async () => {
    await load(image('a:1', 'x'));
    expect(plain.jobs).toHaveLength(2);
    await load(image('b:1', 'x'));
    expect(plain.jobs).toHaveLength(2);
    expect(plain.progress.slice(-2).map(({ phase }) => phase)).toEqual(['exists', 'exists']);
    expect((await plain.store.list()).map(({ tags }) => tags)).toEqual([['a:1', 'b:1']]);
  });

  test('is shared by images that have it in common, also when it lies on something else', async () => {
    await load(image('a:1', 'x'));
    await load({ tag: 'b:1', layers: [layer('other'), LOW] });
    expect(plain.jobs).toHaveLength(3);
    expect(layersThere()).toBe(3);
  });

  test('is found by archives that say nothing of compression', async () => {
    const tar = tarOf([{ name: 'x', body: 'y'.repeat(1000) }]);
    const of: TestImage = {
      tag: 'a:1',
      layers: [{ tar, blob: gzip(tar), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
    };
    const id = await load(of);
    expect(await load(of, dockerArchive)).toBe(id);
    expect(await load({ ...of, config: { User: 'x' } }, dockerArchive)).not.toBe(id);
    expect(plain.jobs).toHaveLength(1);
    expect(await checkStore(plain.home)).toEqual([]);
  });

  test('is checked and kept once more when it comes in another compression', async () => {
    const tar = tarOf([{ name: 'x', body: 'y'.repeat(1000) }]);
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
    const id = await load({ tag: 'a:1', layers: [{ tar }] });
    expect(await load({ tag: 'b:1', layers: [{ tar, blob: gzip(tar), mediaType }] })).toBe(id);
    expect(plain.jobs.map(({ treePath }) => treePath === null)).toEqual([false, true]);
    const wrong = gzip(tarOf([{ name: 'x', body: 'z' }]));
    await expect(load({ tag: 'c:1', layers: [{ tar, blob: wrong, mediaType }] })).rejects.toThrow(
      /unpacks to sha256:.* and should/,
    );
    expect(layersThere()).toBe(1);
    expect((await plain.store.list()).map(({ tags }) => tags)).toEqual([['a:1', 'b:1']]);
  });
});

describe('names', () => {
  test('move to another image, which leaves the old one without', async () => {
    const old = await load(image('a:1', 'x'));
    const id = await load(image('a:1', 'y'));
    const listed = Object.fromEntries((await plain.store.list()).map((one) => [one.id, one.tags]));
    expect(listed).toEqual({ [old]: [], [id]: ['a:1'] });
  });

  test('are given and taken away; with the last the image goes', async () => {
    const id = await load(image('a:1', 'x'));
    await plain.store.tag('a:1', 'b/c');
    expect((await plain.store.inspect('b/c')).tags).toEqual(['a:1', 'b/c:latest']);
    expect(await plain.store.remove('a:1', { force: false })).toEqual({ untagged: ['a:1'], deleted: [] });
    expect(await plain.store.remove('b/c', { force: false })).toEqual({
      untagged: ['b/c:latest'],
      deleted: [id],
    });
    expect(await plain.store.list()).toEqual([]);
    expect(layersThere()).toBe(0);
    expect(
      Object.keys(plain.listing()).filter(
        (name) =>
          /^(blobs\/sha256|layers|records|removed|names|tmp)\/./.test(name) && name !== 'blobs/sha256/',
      ),
    ).toEqual([]);
    expect(readdirSync(join(plain.home, 'images/locks')).filter((name) => name.startsWith('image-'))).toEqual(
      [],
    );
  });

  test('several make an id say too little, unless forced', async () => {
    const id = await load(image('a:1', 'x'));
    await plain.store.tag('a:1', 'b:1');
    await expect(plain.store.remove(id, { force: false })).rejects.toMatchObject({
      code: 'image-in-use',
      message: expect.stringContaining('a:1, b:1'),
    });
    expect(await plain.store.remove(id, { force: true })).toEqual({
      untagged: ['a:1', 'b:1'],
      deleted: [id],
    });
  });

  test('with a digest are not for users to give', async () => {
    await load(image('a:1', 'x'));
    await expect(plain.store.tag('a:1', `b@sha256:${'a'.repeat(64)}`)).rejects.toThrow(
      /has a digest, which nobody can give/,
    );
    await expect(plain.store.tag('missing', 'b')).rejects.toMatchObject({ code: 'image-not-found' });
    await expect(plain.store.tag('a:1', 'B!')).rejects.toMatchObject({ code: 'invalid-spec' });
  });
});

describe('removal', () => {
  test('keeps layers that others need', async () => {
    await load(image('a:1', 'x'));
    await load(image('b:1', 'y'));
    await plain.store.remove('a:1', { force: false });
    expect(layersThere()).toBe(2);
    expect(await checkStore(plain.home)).toEqual([]);
    expect((await new ImageResolver(plain.home).resolve('b:1')).layers).toHaveLength(2);
  });

  test('of an image that something runs in is refused, and changes nothing', async () => {
    await load(image('a:1', 'x'));
    const { lockPath } = await new ImageResolver(plain.home).resolve('a:1');
    const running = await FileLock.acquire(lockPath, { mode: 'shared' });
    const before = plain.listing();
    for (const force of [false, true]) {
      await expect(plain.store.remove('a:1', { force })).rejects.toMatchObject({
        code: 'image-in-use',
        message: expect.stringContaining('a program is running in it'),
      });
    }
    expect(await plain.store.prune({ all: true })).toEqual({ untagged: [], deleted: [], freedBytes: 0 });
    expect(plain.listing()).toEqual(before);
    await running.release();
    expect((await plain.store.prune({ all: true })).deleted).toHaveLength(1);
  });

  test('of a name is fine while something runs, when another name is left', async () => {
    await load(image('a:1', 'x'));
    await plain.store.tag('a:1', 'b:1');
    const { lockPath } = await new ImageResolver(plain.home).resolve('a:1');
    const running = await FileLock.acquire(lockPath, { mode: 'shared' });
    expect(await plain.store.remove('a:1', { force: false })).toEqual({ untagged: ['a:1'], deleted: [] });
    await running.release();
  });

  test('while somebody adds leaves the rest for the next', async () => {
    await load(image('a:1', 'x'));
    await plain.store.adding({}, async () => {
      await plain.store.remove('a:1', { force: false });
      expect(layersThere()).toBe(2);
    });
    expect(await plain.store.list()).toEqual([]);
    const { freedBytes, deleted } = await plain.store.prune({ all: false });
    expect(deleted).toEqual([]);
    expect(freedBytes).toBeGreaterThan(0);
    expect(layersThere()).toBe(0);
  });

  test('while somebody adds the same takes nothing away from it', async () => {
    await load(image('a:1', 'x'));
    const path = file('again.tar', ociTar(image('b:1', 'x')));
    await plain.store.adding({}, async () => {
      const loading = plain.load(path);
      await plain.store.remove('a:1', { force: false });
      await loading;
    });
    await plain.store.prune({ all: false });
    expect(await checkStore(plain.home)).toEqual([]);
    expect((await new ImageResolver(plain.home).resolve('b:1')).layers).toHaveLength(2);
  });

  test('prune takes what has no tag, or all, or some of these', async () => {
    const old = await load(image('a:1', 'x'));
    const id = await load(image('a:1', 'y'));
    expect(await plain.store.prune({ all: false, only: new Set([id]) })).toMatchObject({ deleted: [] });
    expect(await plain.store.prune({ all: false })).toMatchObject({ deleted: [old], untagged: [] });
    expect(await plain.store.prune({ all: true })).toMatchObject({ deleted: [id], untagged: ['a:1'] });
    expect(await plain.store.prune({ all: true })).toEqual({ deleted: [], untagged: [], freedBytes: 0 });
  });
});

describe('the archive of a root file system', () => {
  const importRootfs = async (path: string, { comment = '', laterMs = 0 } = {}) => {
    const handle = await open(path);
    try {
      const config = NO_CONFIG;
      const platform = { os: 'linux', architecture: 'amd64', variant: '' };
      const parts = {
        fd: handle.fd,
        ownPath: null,
        config,
        platform,
        comment,
        names: [],
        now: new Date(Date.now() + laterMs),
      };
      return await plain.store.adding({}, async ({ addRootfs }) => await addRootfs(parts));
    } finally {
      await handle.close();
    }
  };

  const old = (path: string): string => {
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path, hourAgo, hourAgo);
    return path;
  };

  test('is one layer, and the same image when it comes again', async () => {
    const tar = tarOf([{ name: 'etc/passwd', body: 'root:x:0:0::/root:/bin/sh\n' }]);
    const first = await importRootfs(file('a.tar', tar));
    expect(first.isNew).toBe(true);
    expect(first.record.layers).toHaveLength(1);
    expect(first.record.passwd).toContain('root:x');
    const again = await importRootfs(file('b.tar', tar));
    expect(again).toMatchObject({ isNew: false, record: { id: first.record.id } });
    const other = await importRootfs(file('b.tar', tar), { comment: 'by hand' });
    expect(other.record.id).not.toBe(first.record.id);
    expect(layersThere()).toBe(1);
  });

  test('that was changed a moment ago is read each time', async () => {
    const path = file('a.tar', tarOf([{ name: 'a' }]));
    await importRootfs(path);
    await importRootfs(path);
    expect(plain.jobs).toHaveLength(2);
    expect(readdirSync(join(plain.home, 'images/memos'))).toEqual([]);
  });

  test('that only seems old was changed a moment ago as well', async () => {
    const path = old(file('a.tar', tarOf([{ name: 'a' }])));
    await importRootfs(path);
    expect(readdirSync(join(plain.home, 'images/memos'))).toEqual([]);
  });

  test('that has not changed for a while is read once', async () => {
    const path = file('a.tar', tarOf([{ name: 'a' }]));
    const { record } = await importRootfs(path, { laterMs: 10_000 });
    expect((await importRootfs(path)).record.id).toBe(record.id);
    expect(plain.jobs).toHaveLength(1);
    writeFileSync(path, tarOf([{ name: 'b' }]));
    expect((await importRootfs(path)).record.id).not.toBe(record.id);
    await plain.store.prune({ all: true });
    expect(readdirSync(join(plain.home, 'images/memos'))).toEqual([]);
  });

  test('is compressed or not, and kept so that others can read it', async () => {
    const tar = tarOf([{ name: 'a', body: 'b'.repeat(5000) }]);
    const types = [];
    for (const bytes of [tar, gzip(tar), zstd(tar), xz(tar)]) {
      await plain.store.prune({ all: true });
      const { record } = await importRootfs(file('a.tar', bytes));
      types.push(record.layers[0]?.mediaType.replace('application/vnd.oci.image.layer.v1.', ''));
      expect(await checkStore(plain.home)).toEqual([]);
    }
    expect(types).toEqual(['tar', 'tar+gzip', 'tar+zstd', 'tar']);
  });
});
