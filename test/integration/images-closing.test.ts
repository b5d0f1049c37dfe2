/** What is under way with images when it is called off, or when who watches it breaks. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStore } from '../../src/image/index.js';
import { gzip, ociTar, tarOf } from '../support/archives/index.js';
import { useStores } from '../support/images/store.js';

const stores = useStores();

const layer = (name: string) => {
  const files = Array.from({ length: 200 }, (_, index) => ({
    name: `${name}${index}`,
    body: Buffer.alloc(20_000, name),
  }));
  const tar = tarOf(files);
  return { tar, blob: gzip(tar, 1), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
};
const archive = (): Buffer => ociTar({ tag: 'a:1', layers: [layer('x'), layer('y'), layer('z')] });

async function expectNothing(): Promise<void> {
  expect(await checkStore(stores.home)).toEqual([]);
  expect(readdirSync(join(stores.home, 'images/tmp'))).toEqual([]);
}

test('closing calls it off, and leaves nothing', async () => {
  const path = stores.file('a.tar', archive());
  let closing: Promise<void> | undefined;
  const loading = stores.images.load(
    { path },
    {
      onProgress: ({ phase }) => {
        if (phase === 'unpacking') closing ??= stores.images.close();
      },
    },
  );
  await expect(loading).rejects.toMatchObject({ code: 'closed' });
  await closing;
  await expectNothing();
  await expect(stores.images.load({ path })).rejects.toMatchObject({ code: 'closed' });
});

test('a watcher that throws ends it with what it threw', async () => {
  const path = stores.file('a.tar', archive());
  const onProgress = ({ phase }: { readonly phase: string }): void => {
    if (phase === 'unpacking') throw new Error('cannot draw');
  };
  await expect(stores.images.load({ path }, { onProgress })).rejects.toThrow('cannot draw');
  await expectNothing();
  expect(await stores.images.load({ path })).toHaveLength(1);
});

test('a stream that stands still can be called off', async () => {
  const ending = new AbortController();
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield archive().subarray(0, 100_000);
    ending.abort(new Error('enough'));
    await new Promise(() => undefined);
  }
  const loading = stores.images.load({ stream: stream() }, { signal: ending.signal });
  await expect(loading).rejects.toThrow('enough');
  await expectNothing();
});

test('of a hundred layers few are under way at a time', async () => {
  const layers = Array.from({ length: 100 }, (_, index) => ({ tar: tarOf([{ name: `f${index}` }]) }));
  const path = stores.file('many.tar', ociTar({ tag: 'many:1', layers }));
  let [now, most] = [0, 0];
  await stores.images.load(
    { path },
    {
      onProgress: ({ phase }) => {
        if (phase === 'waiting') most = Math.max(most, ++now);
        if (phase === 'done') now--;
      },
    },
  );
  expect(most).toBeLessThanOrEqual(4);
  expect((await stores.images.resolve('many:1')).layers).toHaveLength(100);
});

test('nobody can give an image a digest for its name', async () => {
  const path = stores.file('root.tar', tarOf([{ name: 'a' }]));
  const reference = `a@sha256:${'0'.repeat(64)}`;
  await expect(stores.images.import({ path }, { reference })).rejects.toMatchObject({ code: 'invalid-spec' });
  expect(await stores.images.list()).toEqual([]);
});
