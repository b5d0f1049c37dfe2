/** Archives that are not what they say: each is refused with one line, and the store is as it was. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  configBlob,
  dockerArchive,
  gzip,
  ociTar,
  sha256,
  type TarEntry,
  type TestImage,
  tarOf,
} from '../../../support/archives/index.js';
import {
  blobOf,
  blobPath,
  descriptor,
  type Files,
  layoutFiles,
  type TestManifest,
} from '../../../support/images/layout.js';
import { usePlainStore } from '../../../support/images/plain-store.js';

const plain = usePlainStore();

const GOOD: TestImage = {
  tag: 'good:1',
  layers: [{ tar: tarOf([{ name: 'low' }]) }, { tar: tarOf([{ name: 'high', body: 'x' }]) }],
};

const [low = Buffer.alloc(0), high = Buffer.alloc(0)] = GOOD.layers.map(({ tar }) => Buffer.from(tar));

let before: Record<string, string>;
beforeEach(async () => {
  await load(ociTar({ tag: 'first:1', layers: [{ tar: tarOf([{ name: 'first' }]) }] }));
  before = plain.listing();
});

async function load(bytes: Uint8Array): Promise<string[]> {
  const path = plain.path('archive.tar');
  writeFileSync(path, bytes);
  try {
    return await plain.load(path);
  } finally {
    rmSync(path);
  }
}

async function refuse(bytes: Uint8Array, message: RegExp): Promise<void> {
  await expect(load(bytes)).rejects.toMatchObject({
    code: 'bad-archive',
    message: expect.stringMatching(message),
  });
  expect(plain.listing()).toEqual(before);
}

const tarOfFiles = (files: ReadonlyMap<string, Uint8Array>): Buffer =>
  tarOf([...files].map(([name, body]): TarEntry => ({ name, body })));

/** The files of a good layout, changed. */
function changed(change: (files: Files) => void): Buffer {
  const files = layoutFiles(GOOD);
  change(files);
  return tarOfFiles(files);
}

/** A layout whose manifest is changed, and named by its digest afterwards. */
const withManifest = (change: (manifest: TestManifest, files: Files) => void): Buffer =>
  tarOfFiles(layoutFiles(GOOD, change));

const OTHER = blobOf({ other: true });

describe('digests and sizes of an OCI layout', () => {
  test('of the manifest', async () => {
    await refuse(
      changed((files) => {
        const index = JSON.parse(String(files.get('index.json'))) as {
          manifests: { digest: string; size: number }[];
        };
        const digest = index.manifests[0]?.digest ?? '';
        const manifest = Buffer.from(
          String(files.get(blobPath(digest))).replace('"schemaVersion":2', '"schemaVersion":3'),
        );
        files.set(blobPath(digest), manifest);
      }),
      /"blobs\/sha256\/[a-f0-9]+.*" has the digest sha256:[a-f0-9]{64}, and should have sha256:/,
    );
  });

  test('of the configuration', async () => {
    await refuse(
      withManifest(({ config }, files) => files.set(blobPath(config.digest), Buffer.from('{}'))),
      /has 2 bytes, and should have \d+/,
    );
    await refuse(
      withManifest(({ config }, files) => {
        const size = files.get(blobPath(config.digest))?.length ?? 0;
        files.set(blobPath(config.digest), Buffer.alloc(size, ' '));
      }),
      /has the digest/,
    );
  });

  test('of a layer', async () => {
    await refuse(
      withManifest(({ layers }, files) =>
        files.set(blobPath(layers[1]?.digest ?? ''), tarOf([{ name: 'evil', body: 'x' }])),
      ),
      /the layer sha256:.* has the digest sha256:.*, and should have/,
    );
    await refuse(
      withManifest(({ layers }) => void Object.assign(layers[1] ?? {}, { size: high.length + 512 })),
      /the layer sha256:.* has \d+ bytes, and should have \d+/,
    );
  });

  test('of a layer unpacked', async () => {
    const tar = tarOf([{ name: 'x' }]);
    const diff_ids = [`sha256:${'0'.repeat(64)}`];
    await refuse(
      ociTar({ layers: [{ tar }], extra: { rootfs: { type: 'layers', diff_ids } } }),
      /unpacks to sha256:.*, and should by the image's configuration to sha256:000/,
    );
    await refuse(
      ociTar({ layers: [{ tar, blob: gzip(tar) }], extra: { rootfs: { diff_ids } } }),
      /unpacks to sha256:.*, and should/,
    );
  });

  test.each([
    'sha256:../../../../../../etc/passwd',
    `sha256:${'a'.repeat(63)}/`,
    `sha256:${'A'.repeat(64)}`,
    'md5:d41d8cd98f00b204e9800998ecf8427e',
    '',
    '../x',
  ])('that are none: %j', async (digest) => {
    await refuse(
      withManifest(({ config }) => void Object.assign(config, { digest })),
      /config\.digest.*must be "sha256:" and 64 hex digits/,
    );
    await refuse(
      withManifest(({ layers }) => void Object.assign(layers[0] ?? {}, { digest })),
      /layers\[0\]\.digest.*must be/,
    );
    await refuse(
      ociTar({ ...GOOD, extra: { rootfs: { diff_ids: [digest, digest] } } }),
      /rootfs\.diff_ids\[0\].*must be/,
    );
    const index = { schemaVersion: 2, manifests: [{ mediaType: '', digest, size: 1 }] };
    await refuse(
      tarOfFiles(new Map([['index.json', blobOf(index).bytes]])),
      /manifests\[0\]\.digest.*must be/,
    );
  });
});

describe('what an OCI layout consists of', () => {
  test('the configuration and a layer changed places', async () => {
    await refuse(
      withManifest((manifest) => {
        const { mediaType, ...config } = manifest.config;
        const [layer] = manifest.layers;
        Object.assign(manifest.config, { ...layer, mediaType });
        Object.assign(layer ?? {}, config);
      }),
      /has \d+ bytes, and should have|is no JSON/,
    );
  });

  test('a manifest instead of the configuration', async () => {
    await refuse(
      withManifest((manifest, files) => {
        const fake = blobOf({ schemaVersion: 2 });
        files.set(blobPath(fake.digest), fake.bytes);
        Object.assign(manifest.config, { digest: fake.digest, size: fake.bytes.length });
      }),
      /has no layers/,
    );
  });

  test('more layers than the configuration has, or fewer', async () => {
    await refuse(
      withManifest(({ layers }) => void layers.pop()),
      /has 1 layers, and its configuration 2/,
    );
    await refuse(
      withManifest(({ layers }) => void layers.push(...layers)),
      /has 4 layers, and its configuration 2/,
    );
  });

  test('something that is missing', async () => {
    await refuse(
      withManifest(({ layers }, files) => void files.delete(blobPath(layers[1]?.digest ?? ''))),
      /has no file "blobs\/sha256/,
    );
    await refuse(
      withManifest(({ config }, files) => void files.delete(blobPath(config.digest))),
      /has no file "blobs\/sha256/,
    );
    await refuse(
      changed(
        (files) =>
          void files.set(
            'index.json',
            blobOf({ schemaVersion: 2, manifests: [descriptor('', OTHER)] }).bytes,
          ),
      ),
      /has no file/,
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['no index', 'text', /"index\.json" is not valid: must be an object/],
    ['an index of nothing', { schemaVersion: 2, manifests: [] }, /names no image/],
    ['null', null, /must be an object, not null/],
    [
      'a manifest',
      {
        schemaVersion: 2,
        config: descriptor('application/vnd.oci.image.config.v1+json', OTHER),
        layers: [descriptor('application/vnd.oci.image.layer.v1.tar', OTHER)],
      },
      /is a manifest, and must be an index/,
    ],
    [
      'an index that is a manifest as well',
      { schemaVersion: 2, manifests: [descriptor('', OTHER)], layers: [descriptor('', OTHER)] },
      /an index and a manifest at once/,
    ],
    [
      'a name that is none',
      {
        schemaVersion: 2,
        manifests: [descriptor('', OTHER, { annotations: { 'io.containerd.image.name': 'A B' } })],
      },
      /has no file|has a wrong name/,
    ],
  ])('%s', async (_, index, message) => {
    await refuse(
      changed((files) => void files.set('index.json', blobOf(index).bytes)),
      message,
    );
  });

  test('an index in an index, many times', async () => {
    await refuse(
      changed((files) => {
        let top = blobOf({ schemaVersion: 2, manifests: [] });
        for (let depth = 0; depth < 10; depth++) {
          files.set(blobPath(top.digest), top.bytes);
          top = blobOf({
            schemaVersion: 2,
            manifests: [descriptor('application/vnd.oci.image.index.v1+json', top)],
          });
        }
        files.set('index.json', top.bytes);
      }),
      /lies beneath 4 indexes; at most 3/,
    );
  });
});

describe('a docker-archive', () => {
  const config = configBlob(GOOD);
  const configName = `${config.digest.slice('sha256:'.length)}.json`;

  /** Its entries, with a manifest.json that may be anything. */
  const archive = (manifest: unknown, entries: readonly TarEntry[] = []): Buffer =>
    tarOf([
      { name: configName, body: config.bytes },
      { name: 'a/layer.tar', body: low },
      { name: 'b/layer.tar', body: high },
      ...entries,
      { name: 'manifest.json', body: JSON.stringify(manifest) },
    ]);
  const item = (more: object = {}) => [
    { Config: configName, RepoTags: ['good:1'], Layers: ['a/layer.tar', 'b/layer.tar'], ...more },
  ];

  test('that is right is taken', async () => {
    expect(await load(archive(item()))).toEqual([config.digest]);
    expect(await load(dockerArchive(GOOD))).toEqual([config.digest]);
  });

  test.each([
    '/etc/passwd',
    '../../../../etc/passwd',
    'a/../../etc/passwd',
    '/proc/self/environ',
    'blobs/sha256/../../../etc/shadow',
    '',
    '.',
    'a',
    'nothing',
    '\0',
  ])('whose configuration or layer is %j', async (path) => {
    await refuse(archive(item({ Config: path })), /the archive has no file/);
    await refuse(archive(item({ Layers: ['a/layer.tar', path] })), /the archive has no file/);
  });

  test.each(['/etc/passwd', '../../../../etc/passwd', 'a', '.', 'link', 'other-link'])(
    'whose configuration or layer is a link to %j',
    async (target) => {
      for (const type of ['1', '2']) {
        const entries: TarEntry[] = [
          { name: 'link', type, link: target },
          { name: 'other-link', type, link: 'link' },
        ];
        await refuse(archive(item({ Config: 'link' }), entries), /must be a file, and is a link|has no file/);
        await refuse(
          archive(item({ Layers: ['a/layer.tar', 'link'] }), entries),
          /must be a file, and is a link|has no file/,
        );
      }
    },
  );

  test.each(['3', '4', '5', '6'])('whose layer is of type %s', async (type) => {
    await refuse(
      archive(item({ Layers: ['a/layer.tar', 'odd'] }), [{ name: 'odd', type }]),
      /must be a file, and is|has no file/,
    );
  });

  test('whose configuration is not the one that its name says', async () => {
    const name = `${'0'.repeat(64)}.json`;
    await refuse(
      archive(item({ Config: name }), [{ name, body: config.bytes }]),
      /"0000.*json" has the digest sha256:/,
    );
  });

  test('whose layers changed places, or are others', async () => {
    await refuse(archive(item({ Layers: ['b/layer.tar', 'a/layer.tar'] })), /has the digest|unpacks to/);
    await refuse(archive(item({ Layers: ['a/layer.tar'] })), /has 1 layers for .*, which has 2/);
    await refuse(archive(item({ Layers: null })), /has 0 layers for/);
    await refuse(archive(item({ Layers: ['a/layer.tar', configName] })), /bad|tar|header|archive/i);
  });

  test('that has one large configuration a hundred times', async () => {
    const large = configBlob({ ...GOOD, config: { Labels: { large: 'x'.repeat(5_000_000) } } });
    const name = `${large.digest.slice('sha256:'.length)}.json`;
    const items = Array.from({ length: 100 }, () => item({ Config: name })[0]);
    await refuse(archive(items, [{ name, body: large.bytes }]), /more than 64MiB together/);
  });

  test('with names that are none', async () => {
    await refuse(
      archive(item({ RepoTags: ['../../x'] })),
      /has a wrong name: "\.\.\/\.\.\/x" is not a reference/,
    );
    await refuse(archive(item({ RepoTags: ['A:1'] })), /has a wrong name/);
    await refuse(
      archive(item({ RepoTags: [`a@sha256:${'0'.repeat(64)}`] })),
      /calls an image "a@sha256:0+"; a name with a digest cannot be given/,
    );
    const names = Array.from({ length: 1001 }, (_, index) => `a:${index}`);
    await refuse(archive(item({ RepoTags: names })), /has 1001 names for its images; at most 1000/);
    await refuse(archive(item({ RepoTags: [1] })), /\[0\]\.RepoTags\[0\].*must be text/);
  });

  test('of which the second image is wrong adds nothing', async () => {
    await refuse(
      archive([...item(), { Config: 'nothing', RepoTags: null, Layers: [] }]),
      /has no file "nothing"/,
    );
    const second = configBlob({ layers: [{ tar: tarOf([{ name: 'another' }]) }] });
    const entries = [{ name: 'second.json', body: second.bytes }];
    const wrong = { Config: 'second.json', RepoTags: ['second:1'], Layers: ['a/layer.tar'] };
    await refuse(archive([...item(), wrong], entries), /has the digest|unpacks to/);
    await refuse(archive([wrong, ...item()], entries), /has the digest|unpacks to/);
  });

  test('without images', async () => {
    await refuse(
      tarOf([{ name: 'etc/passwd', body: 'root' }]),
      /holds no images: it has neither "index\.json" nor "manifest\.json"/,
    );
    await refuse(archive([]), /must have an image/);
    await refuse(archive({}), /must be a list/);
    await refuse(tarOf([{ name: 'manifest.json', body: '[' }]), /"manifest\.json" is no JSON/);
    await refuse(tarOf([{ name: 'manifest.json', type: '2', link: '/etc/passwd' }]), /must be a file/);
  });
});

describe('an archive', () => {
  test('cut off anywhere', async () => {
    const whole = dockerArchive(GOOD);
    for (let at = 0; at < whole.length - 1024; at += 509) {
      await expect(load(whole.subarray(0, at))).rejects.toMatchObject({ code: 'bad-archive' });
    }
    expect(plain.listing()).toEqual(before);
  });

  test('with garbage behind it, or compressed and cut off', async () => {
    await refuse(Buffer.concat([ociTar(GOOD), Buffer.from('garbage')]), /trailing garbage/);
    const packed = gzip(ociTar(GOOD));
    await refuse(packed.subarray(0, packed.length - 20), /truncated/);
    expect(await load(packed)).toHaveLength(1);
  });

  test('that is nothing, or noise', async () => {
    await refuse(Buffer.alloc(0), /empty/);
    await refuse(Buffer.from(sha256(Buffer.from('x')).repeat(100)), /./);
  });
});

const LOW_BLOB = blobPath(blobOf(low).digest);

describe('a directory', () => {
  const fill = (files: ReadonlyMap<string, Buffer>): string => {
    const root = plain.path('layout');
    rmSync(root, { recursive: true, force: true });
    for (const [name, bytes] of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), bytes);
    }
    return root;
  };

  test('is a layout like others', async () => {
    expect(await plain.load(fill(layoutFiles(GOOD)))).toEqual([configBlob(GOOD).digest]);
    rmSync(plain.path('layout'), { recursive: true });
  });

  test('with links in it is not followed anywhere', async () => {
    for (const [link, target] of [
      ['index.json', '/etc/passwd'],
      [LOW_BLOB, '/etc/passwd'],
      [LOW_BLOB, '../../index.json'],
    ] as const) {
      const root = fill(layoutFiles(GOOD));
      rmSync(join(root, link));
      symlinkSync(target, join(root, link));
      await expect(plain.load(root)).rejects.toMatchObject({
        code: 'bad-archive',
        message: expect.stringMatching(/symbolic link|holds no images/),
      });
    }
    const root = fill(layoutFiles(GOOD));
    const elsewhere = plain.path('elsewhere');
    renameSync(join(root, 'blobs'), elsewhere);
    symlinkSync(elsewhere, join(root, 'blobs'));
    await expect(plain.load(root)).rejects.toThrow(/lies behind a symbolic link/);
    rmSync(elsewhere, { recursive: true });
    rmSync(root, { recursive: true });
    expect(plain.listing()).toEqual(before);
  });

  test('with a FIFO or a directory for a file does not wait', async () => {
    for (const make of [
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => mkdirSync(path),
    ]) {
      const files = layoutFiles(GOOD);

      const root = fill(files);
      rmSync(join(root, LOW_BLOB));
      make(join(root, LOW_BLOB));
      await expect(plain.load(root)).rejects.toThrow(/must be a file/);
      rmSync(root, { recursive: true });
    }
  });
});
