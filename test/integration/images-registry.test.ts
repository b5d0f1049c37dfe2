import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createRegistryClient,
  type RegistryClient,
  type RegistryReference,
  type TransferProgress,
} from '../../src/image/registry/index.js';
import {
  blobOf,
  collect,
  digestOf,
  digests,
  makeImage,
  pullImage,
  pushImage,
  skopeo,
  sourceOf,
  writeLayout,
} from './images-registry/images.js';
import { type RegistryServer, scratch, startRegistry } from './images-registry/server.js';

let server: RegistryServer;
let folder: Awaited<ReturnType<typeof scratch>>;
let client: RegistryClient;
let progress: TransferProgress[];
let names = 0;

/** A repository that no other test uses. */
function fresh(tag = 'latest'): RegistryReference {
  names++;
  return { domain: server.host, repository: `tests/image-${names}`, tag };
}

const url = ({ domain, repository, tag }: RegistryReference): string =>
  `docker://${domain}/${repository}:${tag}`;

beforeAll(async () => {
  server = await startRegistry();
  folder = await scratch();
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

beforeAll(() => {
  progress = [];
  const onProgress = (event: TransferProgress): void => {
    progress.push(event);
  };
  client = createRegistryClient({ dockerConfigDir: folder.path, onProgress });
});

afterEach(() => {
  progress.length = 0;
});

afterAll(() => client.close());

describe('with skopeo', () => {
  test('what we push it inspects and copies, byte for byte', async () => {
    const ref = fresh('1.0');
    const image = makeImage([3_000_000, 100_000, 1]);
    const digest = await pushImage(client, ref, image);

    const inspected = JSON.parse(await skopeo(['inspect', '--tls-verify=false', url(ref)]));
    expect(inspected).toMatchObject({ Digest: digest, Layers: image.layers.map((layer) => layer.digest) });

    const copy = join(folder.path, 'copy');
    await skopeo(['copy', '--src-tls-verify=false', url(ref), `dir:${copy}`]);
    const blobs = (await readdir(copy)).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
    expect(blobs).toEqual([image.config, ...image.layers].map(({ digest: d }) => d.slice(7)).sort());
    for (const name of blobs) expect(digestOf(await readFile(join(copy, name)))).toBe(`sha256:${name}`);
    expect(digestOf(await readFile(join(copy, 'manifest.json')))).toBe(digest);
  });

  test('what it pushes we pull, byte for byte, by tag and by digest', async () => {
    const ref = fresh();
    const image = makeImage([3_000_000, 5]);
    const layout = join(folder.path, 'layout');
    await writeLayout(layout, image);
    await skopeo(['copy', '--dest-tls-verify=false', `oci:${layout}`, url(ref)]);

    expect(digests(await pullImage(client, ref))).toEqual(digests(image));
    const pinned = { ...ref, tag: undefined, digest: image.manifest.digest };
    expect(digests(await pullImage(client, pinned))).toEqual(digests(image));
  });
});

describe('pushing', () => {
  test('a blob that is there already does not travel again, and one of another repository is mounted', async () => {
    const ref = fresh();
    const other = fresh();
    const blob = blobOf(Buffer.alloc(2_000_000, 7));
    const asked: number[] = [];
    const source = (offset: number): AsyncIterable<Uint8Array> => {
      asked.push(offset);
      return sourceOf(blob)(offset);
    };
    expect(await client.hasBlob(ref, blob)).toBe(false);
    expect(await client.pushBlob(ref, blob, source)).toBe('pushed');
    expect(await client.hasBlob(ref, blob)).toBe(true);
    expect(await client.pushBlob(ref, blob, source)).toBe('exists');
    expect(await client.pushBlob(other, blob, source, { mountFrom: ref.repository })).toBe('mounted');
    expect(digestOf(await collect(client.blob(other, blob)))).toBe(blob.digest);
    expect(asked).toEqual([0]);
  });

  test('mounting from where the blob is not sends it', async () => {
    const ref = fresh();
    const blob = blobOf(Buffer.from('not there'));
    expect(await client.pushBlob(ref, blob, sourceOf(blob), { mountFrom: 'no/such' })).toBe('pushed');
    expect(await client.hasBlob(ref, blob)).toBe(true);
  });

  test('goes in parts when asked to', async () => {
    const ref = fresh();
    const [layer] = makeImage([500_000]).layers;
    if (layer === undefined) throw new Error('no layer');
    const parts = createRegistryClient({ dockerConfigDir: folder.path, uploadChunkBytes: 65_536 });
    expect(await parts.pushBlob(ref, layer, sourceOf(layer))).toBe('pushed');
    await parts.close();
    expect(digestOf(await collect(client.blob(ref, layer)))).toBe(layer.digest);
  });

  test('an empty blob is a blob', async () => {
    const ref = fresh();
    const empty = blobOf(Buffer.alloc(0));
    expect(await client.pushBlob(ref, empty, sourceOf(empty))).toBe('pushed');
    expect(await collect(client.blob(ref, empty))).toHaveLength(0);
  });

  test('bytes that do not have the digest are refused by the registry, and it has nothing of them', async () => {
    const ref = fresh();
    const blob = blobOf(Buffer.from('right'));
    const wrong = { ...blob, bytes: Buffer.from('wrong') };
    await expect(client.pushBlob(ref, blob, sourceOf(wrong))).rejects.toThrow(
      /answered 400: "DIGEST_INVALID: provided digest did not match uploaded content"/,
    );
    expect(await client.hasBlob(ref, blob)).toBe(false);
  });

  test('a manifest whose layers are not there is refused', async () => {
    const ref = fresh();
    const { manifest } = makeImage();
    const put = client.putManifest(ref, 'application/vnd.oci.image.manifest.v1+json', manifest.bytes);
    await expect(put).rejects.toMatchObject({
      code: 'registry',
      message: expect.stringMatching(/MANIFEST_BLOB_UNKNOWN/),
    });
  });

  test('a manifest without a tag goes under its digest', async () => {
    const ref = { ...fresh(), tag: undefined };
    const image = makeImage();
    const digest = await pushImage(client, ref, image);
    expect(digest).toBe(image.manifest.digest);
    expect(await client.tags({ ...ref, tag: 'x' }).catch(() => [])).toEqual([]);
    expect((await client.manifest(ref, digest)).bytes).toEqual(image.manifest.bytes);
  });
});

describe('pulling', () => {
  test('at most three blobs at a time, each with its progress from waiting to done', async () => {
    const ref = fresh();
    const image = makeImage(Array.from({ length: 8 }, () => 400_000));
    await pushImage(client, ref, image);
    progress.length = 0;
    await pullImage(client, ref);

    const under = new Set<string>();
    let most = 0;
    for (const { id, phase } of progress) {
      if (phase === 'downloading') under.add(id);
      if (phase === 'done') under.delete(id);
      most = Math.max(most, under.size);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(3);
    for (const { digest, size } of [image.config, ...image.layers]) {
      const own = progress.filter(({ id }) => id === digest);
      expect(own[0]).toMatchObject({ phase: 'waiting', current: 0, total: size });
      expect(own.at(-1)).toMatchObject({ phase: 'done', current: size, total: size });
      const currents = own.map(({ current }) => current);
      expect(currents).toEqual([...currents].sort((a, b) => a - b));
    }
  });

  test('an unknown tag is answered with the nearest one', async () => {
    const ref = fresh('bookworm');
    await pushImage(client, ref, makeImage());
    await expect(client.resolve({ ...ref, tag: 'bokworm' })).rejects.toMatchObject({
      code: 'registry',
      message: expect.stringMatching(
        new RegExp(
          `^${ref.domain}/${ref.repository}:bokworm: ${server.host} answered 404: "MANIFEST_UNKNOWN`,
        ),
      ),
      hint: 'did you mean the tag "bookworm"?',
    });
  });

  test('tags are listed, and a repository that is not there says so', async () => {
    const ref = fresh('b');
    const image = makeImage();
    await pushImage(client, ref, image);
    await pushImage(client, { ...ref, tag: 'a' }, image);
    expect([...(await client.tags(ref))].sort()).toEqual(['a', 'b']);
    await expect(client.tags(fresh())).rejects.toThrow(/answered 404: "NAME_UNKNOWN/);
  });

  test('a blob of another size than the manifest says is refused before its first byte', async () => {
    const ref = fresh();
    const blob = blobOf(Buffer.from('five!'));
    await client.pushBlob(ref, blob, sourceOf(blob));
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of client.blob(ref, { ...blob, size: 6 })) seen.push(chunk.length);
    };
    await expect(read()).rejects.toThrow(/has 5B as sha256:.*the manifest says 6B/);
    expect(seen).toEqual([]);
  });
});
