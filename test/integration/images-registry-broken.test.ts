import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRegistryClient, type RegistryClient } from '../../src/image/registry/index.js';
import { systemInternals } from '../../src/image/registry/internals.js';
import { type CuttingProxy, startCuttingProxy } from './images-registry/cutting-proxy.js';
import { type Blob, blobOf, collect, digestOf, sourceOf } from './images-registry/images.js';
import { type RegistryServer, scratch, startRegistry } from './images-registry/server.js';

const MIB = 1024 * 1024;
const repository = 'tests/broken';

/** How long is waited before another attempt is tested elsewhere. */
const impatient = { ...systemInternals, wait: () => Promise.resolve() };

let server: RegistryServer;
let folder: Awaited<ReturnType<typeof scratch>>;
let direct: RegistryClient;

/** Bytes that no compressor or cache on the way could make short work of. */
function randomBlob(size: number): Blob {
  let state = size;
  const words = Uint32Array.from({ length: size / 4 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  });
  return blobOf(Buffer.from(words.buffer));
}

beforeAll(async () => {
  server = await startRegistry();
  folder = await scratch();
  direct = createRegistryClient({ dockerConfigDir: folder.path });
});

afterAll(async () => {
  await direct.close();
  await server.stop();
  await folder.remove();
});

async function through(
  proxy: CuttingProxy,
  act: (client: RegistryClient, domain: string) => Promise<void>,
): Promise<void> {
  const client = createRegistryClient({ dockerConfigDir: folder.path }, impatient);
  try {
    await act(client, proxy.host);
  } finally {
    await client.close();
    await proxy.stop();
  }
}

describe('connections that break', () => {
  test('in the middle of a download: it goes on where it was', async () => {
    const blob = randomBlob(24 * MIB);
    await direct.pushBlob({ domain: server.host, repository }, blob, sourceOf(blob));
    const proxy = await startCuttingProxy(server.host, { direction: 'down', afterBytes: 7 * MIB, times: 3 });
    await through(proxy, async (client, domain) => {
      expect(digestOf(await collect(client.blob({ domain, repository }, blob)))).toBe(blob.digest);
      expect(proxy.cuts()).toBe(3);
    });
  });

  test('in the middle of an upload: it goes on, and what is there in the end is right', async () => {
    const blob = randomBlob(16 * MIB);
    const proxy = await startCuttingProxy(server.host, { direction: 'up', afterBytes: 6 * MIB, times: 2 });
    const offsets: number[] = [];
    await through(proxy, async (client, domain) => {
      const source = (offset: number): AsyncIterable<Uint8Array> => {
        offsets.push(offset);
        return sourceOf(blob)(offset);
      };
      expect(await client.pushBlob({ domain, repository }, blob, source)).toBe('pushed');
      expect(proxy.cuts()).toBe(2);
    });
    expect(offsets[0]).toBe(0);
    expect(offsets.length).toBeGreaterThan(1);
    const read = await collect(direct.blob({ domain: server.host, repository }, blob));
    expect(digestOf(read)).toBe(blob.digest);
  });

  test('always: it gives up, says so, and leaves no blob', async () => {
    const blob = randomBlob(4 * MIB);
    const proxy = await startCuttingProxy(server.host, { direction: 'up', afterBytes: MIB, times: 1000 });
    await through(proxy, async (client, domain) => {
      await expect(client.pushBlob({ domain, repository }, blob, sourceOf(blob))).rejects.toMatchObject({
        code: 'registry',
        message: expect.stringMatching(/broke the connection$/),
      });
    });
    expect(await direct.hasBlob({ domain: server.host, repository }, blob)).toBe(false);
  });

  test('for good, because the signal is aborted: the reason comes out', async () => {
    const blob = randomBlob(8 * MIB);
    await direct.pushBlob({ domain: server.host, repository }, blob, sourceOf(blob));
    const abort = new AbortController();
    const client = createRegistryClient({ dockerConfigDir: folder.path, signal: abort.signal });
    const reason = new Error('enough');
    const read = async (): Promise<void> => {
      for await (const _ of client.blob({ domain: server.host, repository }, blob)) abort.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    await client.close();
  });
});
