import { describe, expect, test } from 'vitest';
import { readArchiveManifest, readDocument } from '../../../../src/image/manifest/index.js';

const DIGEST = `sha256:${'2'.repeat(64)}`;
const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: DIGEST, size: 2 };
const LAYER = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: DIGEST, size: 3 };
const read = (document: unknown) => readDocument(Buffer.from(JSON.stringify(document)), 'the manifest');
const manifest = (more: object) => read({ schemaVersion: 2, config: CONFIG, layers: [LAYER], ...more });

describe('a document with a key twice', () => {
  const text = (more: string) =>
    readDocument(
      Buffer.from(
        `{"schemaVersion":2,"config":${JSON.stringify(CONFIG)},"layers":[${JSON.stringify(LAYER)}]${more}}`,
      ),
      'the manifest',
    );

  test.each([
    ['the same key', ',"layers":[]', 'layers'],
    ['in another case', ',"Layers":[]', 'Layers'],
    ['written with an escape', ',"l\\u0061yers":[]', 'layers'],
    ['inside', ',"subject":{"digest":"a","Digest":"b"}', 'Digest'],
    ['of its own, the same', ',"annotations":{"a":"1","a":"2"}', 'a'],
  ])('%s is refused', (_, more, key) => {
    expect(() => text(more)).toThrow(`the manifest has the key "${key}" twice`);
  });

  test.each([
    ['of its own, in another case', ',"annotations":{"a":"1","A":"2"}'],
    ['in two objects', ',"x":[{"a":1},{"a":2}],"y":{"a":{"a":1}}'],
    ['as a value', ',"x":["layers","layers"],"y":"layers","z":"{\\"y\\":1,"'],
  ])('%s is none', (_, more) => {
    expect(text(more)).toMatchObject({ kind: 'manifest' });
  });
});

describe('a manifest is refused', () => {
  test.each<[string, object, RegExp]>([
    ['of the first schema', { schemaVersion: 1 }, /another "schemaVersion" than 2/],
    ['that is an index as well', { manifests: [LAYER] }, /an index and a manifest at once/],
    [
      'that calls itself an index',
      { mediaType: 'application/vnd.oci.image.index.v1+json' },
      /has what a manifest has/,
    ],
    ['without a configuration', { config: null }, /has layers and no "config"/],
    ['without layers', { layers: [] }, /has no layers/],
    ['with null for layers', { layers: null }, /has no layers/],
    ['with too many layers', { layers: Array(501).fill(LAYER) }, /501 layers; at most 500/],
    [
      'of another kind of thing',
      { config: { ...CONFIG, mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
      /no image that could run: its configuration is "application\/vnd\.cncf/,
    ],
    [
      'with encrypted layers',
      { layers: [{ ...LAYER, mediaType: `${LAYER.mediaType}+encrypted` }] },
      /a layer of type/,
    ],
    [
      'with a digest that is a path',
      { layers: [{ ...LAYER, digest: 'sha256:../../../etc/passwd' }] },
      /at "layers\[0\]\.digest": must be "sha256:" and 64 hex digits/,
    ],
    [
      'with another algorithm',
      { config: { ...CONFIG, digest: `sha512:${'2'.repeat(128)}` } },
      /at "config\.digest"/,
    ],
    [
      'with a negative size',
      { layers: [{ ...LAYER, size: -1 }] },
      /at "layers\[0\]\.size": must not be negative, not -1/,
    ],
    ['with a size that is no whole number', { layers: [{ ...LAYER, size: 1.5 }] }, /at "layers\[0\]\.size"/],
    [
      'with a size past what numbers hold',
      { layers: [{ ...LAYER, size: 2 ** 60 }] },
      /at "layers\[0\]\.size"/,
    ],
    [
      'with a size that nobody has room for',
      { layers: [{ ...LAYER, size: 2 ** 40 }] },
      /at "layers\[0\]\.size": must be at most 64GiB/,
    ],
    ['with text for a size', { layers: [{ ...LAYER, size: '3' }] }, /must be a number of bytes, not "3"/],
  ])('%s', (_, more, message) => {
    expect(() => manifest(more)).toThrow(message);
  });

  test('larger than any is', () => {
    expect(() => manifest({ annotations: { a: 'x'.repeat(5_000_000) } })).toThrow(/bytes; at most 4194304/);
  });
});

test('unknown keys and nulls are taken', () => {
  const found = manifest({
    annotations: null,
    subject: null,
    artifactType: '',
    other: { deep: [1] },
    layers: [{ ...LAYER, annotations: null, platform: null, urls: ['x'] }],
  });
  expect(found).toMatchObject({ kind: 'manifest', layers: [{ digest: DIGEST, size: 3 }] });
  expect(read({ schemaVersion: 2, manifests: null })).toEqual({ kind: 'index', manifests: [] });
});

test.each([
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
])('a layer may be %s', (mediaType) => {
  expect(manifest({ layers: [{ ...LAYER, mediaType }] })).toMatchObject({ layers: [{ mediaType }] });
});

describe("docker's manifest.json", () => {
  const archived = (document: unknown) => readArchiveManifest(Buffer.from(JSON.stringify(document)));

  test.each<[unknown, RegExp]>([
    [{}, /must be a list, not an object/],
    [[], /must have an image/],
    [[{}], /at "\[0\]\.Config": must be text, not undefined/],
    [[{ Config: 'a', Layers: [null] }], /at "\[0\]\.Layers\[0\]": must be text, not null/],
    [[{ Config: 'a', Layers: Array(501).fill('x') }], /501 layers; at most 500/],
  ])('%j is refused', (document, message) => {
    expect(() => archived(document)).toThrow(message);
  });

  test('may have null for lists, and other keys', () => {
    expect(archived([{ Config: 'a', RepoTags: null, Layers: null, LayerSources: {} }])).toEqual([
      { Config: 'a', RepoTags: [], Layers: [] },
    ]);
  });
});
