import { describe, expect, test } from 'vitest';
import { type Descriptor, findManifest, parsePlatform } from '../../../../src/image/manifest/index.js';
import { digestOf } from '../../../../src/image/reference/index.js';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

class Documents {
  readonly #bytes = new Map<string, Buffer>();
  reads = 0;

  add(document: object, more: Partial<Descriptor> = {}): Descriptor {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = digestOf(bytes);
    this.#bytes.set(digest, bytes);
    return { mediaType: '', digest, size: bytes.length, platform: null, annotations: {}, ...more };
  }

  image(name: string, platform: string | null, more: Partial<Descriptor> = {}): Descriptor {
    const digest = digestOf(name);
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 1 };
    const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 1 }];
    const document = { schemaVersion: 2, name, config, layers };
    return this.add(document, {
      mediaType: MANIFEST,
      platform: platform === null ? null : parsePlatform(platform),
      ...more,
    });
  }

  index(manifests: readonly Descriptor[], more: Partial<Descriptor> = {}): Descriptor {
    return this.add({ schemaVersion: 2, manifests }, { mediaType: INDEX, ...more });
  }

  async name(top: Descriptor, platform = 'linux/amd64'): Promise<string> {
    const read = async ({ digest }: Descriptor) => {
      this.reads++;
      return this.#bytes.get(digest) ?? Buffer.from('missing');
    };
    const { bytes } = await findManifest(top, { read, wanted: parsePlatform(platform), what: '"x"' });
    return (JSON.parse(bytes.toString()) as { name: string }).name;
  }
}

test('a manifest is taken as it is', async () => {
  const all = new Documents();
  expect(await all.name(all.image('one', null))).toBe('one');
});

describe('of an index', () => {
  const all = new Documents();
  const attestation = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
  const index = all.index([
    all.image('attestation', null, attestation),
    all.image('unknown', 'unknown/unknown'),
    all.image('signature', 'linux/amd64', { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }),
    all.image('arm6', 'linux/arm/v6'),
    all.image('arm7', 'linux/arm/v7'),
    all.image('arm64', 'linux/arm64/v8'),
    all.image('amd64v3', 'linux/amd64/v3'),
    all.image('amd64', 'linux/amd64'),
    all.image('windows', 'windows/amd64'),
  ]);

  test.each([
    ['linux/amd64', 'amd64'],
    ['linux/amd64/v3', 'amd64v3'],
    ['linux/x86_64', 'amd64'],
    ['arm64', 'arm64'],
    ['linux/arm64', 'arm64'],
    ['linux/arm/v6', 'arm6'],
    ['linux/arm', 'arm6'],
    ['windows/amd64', 'windows'],
  ])('for %s the right one is taken', async (platform, name) => {
    expect(await all.name(index, platform)).toBe(name);
  });

  test('none for a platform is an error that names those there are', async () => {
    await expect(all.name(index, 'linux/riscv64')).rejects.toThrow(
      '"x" has no image for linux/riscv64; it has linux/arm/v6, linux/arm/v7, linux/arm64/v8, linux/amd64/v3, linux/amd64, windows/amd64',
    );
  });

  test('in an index it is found as well', async () => {
    expect(await all.name(all.index([all.index([index])]))).toBe('amd64');
  });

  test('too deep in others it is not', async () => {
    const deep = all.index([all.index([all.index([index])])]);
    await expect(all.name(deep)).rejects.toThrow(/lies beneath 4 indexes; at most 3/);
  });

  test('one without a platform is taken when nothing fits better', async () => {
    expect(await all.name(all.index([all.image('any', null)]))).toBe('any');
    expect(await all.name(all.index([all.image('any', null), all.image('right', 'linux/amd64')]))).toBe(
      'right',
    );
  });

  test('without anything that could run nothing is found', async () => {
    await expect(all.name(all.index([]))).rejects.toThrow(/it has none at all/);
  });
});

test('an index that has itself in it ends', async () => {
  // Only a source that does not check digests could give one.
  const all = new Documents();
  const self: Descriptor = {
    mediaType: INDEX,
    digest: digestOf('self'),
    size: 1,
    platform: null,
    annotations: {},
  };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [self] }));
  const wanted = parsePlatform('linux/amd64');
  await expect(findManifest(self, { read: async () => bytes, wanted, what: '"x"' })).rejects.toThrow(
    /has none/,
  );
  expect(all.reads).toBe(0);
});

test('a wide index is not read for ever', async () => {
  const all = new Documents();
  const many = Array.from({ length: 100 }, (_, at) =>
    all.index([], { ...all.add({ schemaVersion: 2, manifests: [], at }) }),
  );
  await expect(all.name(all.index(many))).rejects.toThrow(/more than 64 manifests/);
});

test.each(['', '/', 'linux/', 'a/b/c/d', 'linux/../x', 'linux/amd 64'])('%j is no platform', (text) => {
  expect(() => parsePlatform(text)).toThrow(/is no platform; use OS\/ARCHITECTURE/);
});
