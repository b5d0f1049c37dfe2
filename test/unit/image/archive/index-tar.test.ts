import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IndexLimits, indexTar, memberOf, type TarMember } from '../../../../src/image/archive/index.js';
import {
  base256,
  dockerArchive,
  paxHeader,
  paxRecord,
  type TarEntry,
  tarOf,
} from '../../../support/archives/index.js';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotcell-index-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

type Index = ReadonlyMap<string, TarMember>;

async function indexed<T>(
  archive: Uint8Array | readonly (TarEntry | Uint8Array)[],
  use: (index: Index, read: (name: string) => Promise<string>) => T | Promise<T>,
  limits?: IndexLimits,
): Promise<T> {
  const path = join(directory, 'archive.tar');
  await writeFile(path, archive instanceof Uint8Array ? archive : tarOf(archive));
  const file = await open(path);
  try {
    const index = await indexTar(file, limits);
    const read = async (name: string): Promise<string> => {
      const { offset, size } = memberOf(index, name);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, offset);
      return buffer.subarray(0, bytesRead).toString();
    };
    return await use(index, read);
  } finally {
    await file.close();
  }
}

const refusal = async (...args: Parameters<typeof indexed>): Promise<string> => {
  const error = await indexed(...args).then(
    () => expect.fail('not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'HotcellError', code: 'bad-archive' });
  return (error as Error).message;
};

describe('an index', () => {
  it('finds files by name, whatever stands around it', async () => {
    const entries = [
      { name: './', type: '5' },
      { name: './manifest.json', body: '[]' },
      { name: '/blobs/sha256/ab', body: 'blob' },
      { name: 'x', longName: `${'d/'.repeat(30)}${'n'.repeat(200)}`, body: 'long' },
      { name: 'y', body: 'pax', pax: { path: 'blöb' } },
    ];
    await indexed(entries, async (index, read) => {
      expect([...index.keys()]).toHaveLength(4);
      expect(await read('manifest.json')).toBe('[]');
      expect(await read('./manifest.json')).toBe('[]');
      expect(await read('blobs/sha256/ab')).toBe('blob');
      expect(await read(`${'d/'.repeat(30)}${'n'.repeat(200)}`)).toBe('long');
      expect(await read('blöb')).toBe('pax');
    });
  });

  it('is of what docker saves', async () => {
    const tar = tarOf([{ name: 'f', body: 'x' }]);
    await indexed(dockerArchive({ layers: [{ tar }] }), async (_index, read) => {
      const [manifest] = JSON.parse(await read('manifest.json')) as [{ Config: string; Layers: [string] }];
      expect(JSON.parse(await read(manifest.Config))).toMatchObject({ architecture: 'amd64' });
      expect(await read(manifest.Layers[0])).toBe(tar.toString());
    });
  });

  it('counts the last of several files of one name', async () => {
    await indexed(
      [
        { name: 'f', body: 'old' },
        { name: './f', body: 'new' },
      ],
      async (_index, read) => {
        expect(await read('f')).toBe('new');
      },
    );
  });

  it('passes over contents without reading them', async () => {
    const path = join(directory, 'large.tar');
    const file = await open(path, 'w+');
    const size = 8 * 1024 ** 3;
    await file.write(tarOf([{ name: 'layer.tar', size: base256(BigInt(size)) }], Buffer.alloc(0)), 0, 512, 0);
    const rest = tarOf([{ name: 'manifest.json', body: '[]' }]);
    await file.write(rest, 0, rest.length, 512 + size);
    const index = await indexTar(file);
    await file.close();
    expect(index.get('layer.tar')).toMatchObject({ offset: 512, size });
    expect(index.get('manifest.json')).toMatchObject({ offset: 512 + size + 512, size: 2 });
  });
});

describe('an index is refused', () => {
  it('wherever the archive is truncated', async () => {
    const whole = tarOf([
      { name: 'a', body: 'x', pax: { path: 'b' } },
      { name: 'c', body: 'y'.repeat(600) },
    ]);
    for (let length = 0; length < whole.length; length += 128) {
      expect(await refusal(whole.subarray(0, length), () => undefined)).toMatch(/truncated|empty/);
    }
  });

  it('when something follows the end', async () => {
    const whole = tarOf([{ name: 'a' }]);
    expect(await refusal(Buffer.concat([whole, Buffer.from('x')]), () => undefined)).toMatch(
      /trailing garbage/,
    );
    expect(await refusal(Buffer.concat([whole, Buffer.alloc(2 * 1024 * 1024)]), () => undefined)).toMatch(
      /trailing garbage/,
    );
    await indexed(Buffer.concat([whole, Buffer.alloc(9000)]), (index) => expect(index.size).toBe(1));
  });

  it('for what would be refused in a layer', async () => {
    const nothing = (): undefined => undefined;
    expect(await refusal([{ name: '../a' }], nothing)).toMatch(/entry "\.\.\/a": "\.\." is not allowed/);
    expect(await refusal([{ name: 'a', size: base256(-1n) }], nothing)).toMatch(
      /at byte 0 of the archive: the size .* negative/,
    );
    expect(await refusal([{ name: 'a', size: base256(2n ** 52n) }], nothing)).toMatch(
      /entry "a": .*truncated/,
    );
    expect(await refusal([{ name: 'a', type: 'S' }], nothing)).toMatch(/sparse/);
    expect(await refusal([{ name: 'a', size: 1, body: 'x', pax: { size: '0' } }], nothing)).toMatch(
      /two sizes/,
    );
    expect(await refusal([paxHeader(paxRecord('path', 'x'))], nothing)).toMatch(/followed by no entry/);
    expect(await refusal([{ name: 'a' }, Buffer.alloc(512), { name: 'b' }], nothing)).toMatch(/empty block/);
    expect(await refusal(Buffer.alloc(2048, 'x'), nothing)).toMatch(/checksum/);
  });

  it('over the limit', async () => {
    const entries = Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` }));
    expect(await refusal(entries, () => undefined, { members: 10 })).toMatch(
      /more than 10 files, which is the most/,
    );
  });
});

describe('a member', () => {
  it('may be a link to a file of the same archive, as docker writes for a layer that is there twice', async () => {
    const entries = [
      { name: 'one/layer.tar', body: 'layer' },
      { name: 'two/layer.tar', type: '2', link: '../one/layer.tar' },
      { name: 'three/layer.tar', type: '1', link: 'one/layer.tar' },
    ];
    await indexed(entries, async (_index, read) => {
      expect(await read('two/layer.tar')).toBe('layer');
      expect(await read('three/layer.tar')).toBe('layer');
    });
  });

  it.each([
    ['leads outside', '2', '../../etc/passwd'],
    ['leads to the host', '2', '/etc/passwd'],
    ['leads to the host by an absolute name that the archive has too', '2', '/x/layer.tar'],
    ['leads to nothing', '2', 'nothing'],
    ['leads to itself', '2', 'layer.tar'],
    ['leads to another link', '2', 'link'],
    ['is hard and leads outside', '1', '../etc/passwd'],
  ])('is refused when it is a link that %s', async (_what, type, link) => {
    const entries = [
      { name: 'x/layer.tar', body: 'layer' },
      { name: 'a/link', type: '2', link: '../x/layer.tar' },
      { name: 'a/layer.tar', type, link },
    ];
    expect(await refusal(entries, (_index, read) => read('a/layer.tar'))).toMatch(
      /^entry "a\/layer\.tar" must be a file, and is a link to ".*", which is no file of the archive$/,
    );
  });

  it('is refused when it is no file, or not there', async () => {
    const entries = [
      { name: 'p', type: '6' },
      { name: 'n', type: '3' },
    ];
    expect(await refusal(entries, (_index, read) => read('p'))).toBe(
      'entry "p" must be a file, and is a fifo',
    );
    expect(await refusal(entries, (_index, read) => read('n'))).toBe(
      'entry "n" must be a file, and is a device',
    );
    for (const name of ['nothing', '../x', '/etc/passwd', '', '.']) {
      expect(await refusal(entries, (_index, read) => read(name))).toMatch(/^the archive has no file "/);
    }
  });
});

it('can be called off', async () => {
  const path = join(directory, 'a.tar');
  await writeFile(path, tarOf([{ name: 'a' }]));
  const file = await open(path);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(indexTar(file, undefined, signal)).rejects.toThrow('enough');
  await file.close();
});
