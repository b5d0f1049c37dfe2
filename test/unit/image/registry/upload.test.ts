import { describe, expect, test } from 'vitest';
import type { PushResult } from '../../../../src/image/registry/index.js';
import { type Answer, type Asked, at, digestOf, errorOf, harness, type Scripted, serve } from './support.js';

const BYTES = Buffer.alloc(3_000_000, 'some bytes ');
const blob = { digest: digestOf(BYTES), size: BYTES.length };
const small = Buffer.from('small');
const smallBlob = { digest: digestOf(small), size: small.length };

const source = (bytes: Buffer, offsets: number[] = []) =>
  async function* (offset: number): AsyncGenerator<Uint8Array> {
    offsets.push(offset);
    for (let from = offset; from < bytes.length; from += 100_000) yield bytes.subarray(from, from + 100_000);
  };

type Part = (asked: Asked, count: number) => Answer;

const PLACE = '/v2/some/image/blobs/uploads/1';

interface Steps {
  readonly head?: Part;
  readonly post?: Part;
  readonly patch?: Part;
  readonly status?: Part;
  readonly put?: Part;
}

/** A registry that takes uploads, but for the steps that a test replaces. */
function uploads(steps: Steps = {}): Promise<Scripted> {
  const counts = new Map<string, number>();
  const all: Record<string, Part> = {
    HEAD: steps.head ?? (() => ({ status: 404 })),
    POST: steps.post ?? (() => ({ status: 202, headers: { location: PLACE } })),
    PATCH: steps.patch ?? (() => ({ status: 202, headers: { location: PLACE } })),
    GET: steps.status ?? (() => ({ status: 404 })),
    PUT: steps.put ?? (() => ({ status: 201 })),
  };
  return serve((asked) => {
    const count = (counts.get(asked.method) ?? 0) + 1;
    counts.set(asked.method, count);
    return all[asked.method]?.(asked, count) ?? { status: 500 };
  });
}

const steps = ({ asked }: Scripted): string[] => asked.map(({ method, url }) => `${method} ${url}`);
const START = [`HEAD /v2/some/image/blobs/${blob.digest}`, 'POST /v2/some/image/blobs/uploads/'];
const dying: Answer = { act: (response) => response.socket?.resetAndDestroy() };

const push = ({ host }: Scripted, options = {}): Promise<PushResult> =>
  harness(options).client.pushBlob(at(host), blob, source(BYTES));

describe('an upload', () => {
  test('of a small blob is one request after the first', async () => {
    const server = await uploads();
    const { client } = harness();
    expect(await client.pushBlob(at(server.host), smallBlob, source(small))).toBe('pushed');
    expect(steps(server).slice(1)).toEqual([
      'POST /v2/some/image/blobs/uploads/',
      `PUT ${PLACE}?digest=${encodeURIComponent(smallBlob.digest)}`,
    ]);
    expect(server.asked[2]?.body.toString()).toBe('small');
  });

  test('of a large blob goes in one piece, and is closed by its digest', async () => {
    const server = await uploads();
    expect(await push(server)).toBe('pushed');
    expect(steps(server)).toEqual([
      ...START,
      `PATCH ${PLACE}`,
      `PUT ${PLACE}?digest=${encodeURIComponent(blob.digest)}`,
    ]);
    expect(server.asked[2]?.body.equals(BYTES)).toBe(true);
    expect(server.asked[2]?.headers).toMatchObject({ 'content-length': String(BYTES.length) });
    expect(server.asked[2]?.headers).not.toHaveProperty('content-range');
    expect(server.asked[3]?.body).toHaveLength(0);
  });

  test.each([
    ['relative/../place?_state=a%2Fb%3D', '/v2/some/image/blobs/uploads/place?_state=a%2Fb%3D'],
    ['/x?state=+%20&empty', '/x?state=+%20&empty'],
    ['?only=query', '/v2/some/image/blobs/uploads/?only=query'],
    ['/x#fragment', '/x'],
  ])('goes to the Location %j, its query as it is', async (location, place) => {
    const server = await uploads({ post: () => ({ status: 202, headers: { location } }) });
    await harness().client.pushBlob(at(server.host), smallBlob, source(small));
    const mark = place.includes('?') ? '&' : '?';
    expect(steps(server).at(-1)).toBe(`PUT ${place}${mark}digest=${encodeURIComponent(smallBlob.digest)}`);
  });

  test('goes to an absolute Location on another host, without credentials', async () => {
    const storage = await serve(() => ({ status: 201 }));
    const tokens = await serve(() => ({ body: '{"token":"secret"}' }));
    const server = await uploads({
      head: ({ headers }) =>
        headers.authorization === undefined
          ? { status: 401, headers: { 'www-authenticate': `Bearer realm="${tokens.url}"` } }
          : { status: 404 },
      post: () => ({ status: 202, headers: { location: `${storage.url}/bucket?sig=1` } }),
    });
    await harness().client.pushBlob(at(server.host), smallBlob, source(small));
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer secret');
    expect(storage.asked).toHaveLength(1);
    expect(storage.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each([
    [undefined, /did not say where to upload to$/],
    ['http://registry.example/x', /which is without TLS and not on this machine$/],
    ['https://169.254.169.254/x', /which is a special address$/],
    ['file:///x', /which is not https$/],
  ])('with the Location %j is refused', async (location, message) => {
    const headers: Record<string, string> = location === undefined ? {} : { location };
    const server = await uploads({ post: () => ({ status: 202, headers }) });
    await expect(push(server)).rejects.toThrow(message);
    expect(steps(server)).toEqual(START);
  });

  test('in parts says which part each is, and goes on where the registry is', async () => {
    const server = await uploads({
      patch: (_, count) => ({
        status: 202,
        headers: { location: `${PLACE}?part=${count}`, range: `0-${count * 1_000_000 - 1}` },
      }),
    });
    expect(await push(server, { uploadChunkBytes: 1_000_000 })).toBe('pushed');
    const patches = server.asked.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ url, headers }) => [url, headers['content-range']])).toEqual([
      [PLACE, '0-999999'],
      [`${PLACE}?part=1`, '1000000-1999999'],
      [`${PLACE}?part=2`, '2000000-2999999'],
    ]);
    expect(Buffer.concat(patches.map(({ body }) => body)).equals(BYTES)).toBe(true);
  });

  test('in parts makes them as large as the registry asks for', async () => {
    const server = await uploads({
      post: () => ({ status: 202, headers: { location: PLACE, 'oci-chunk-min-length': '2000000' } }),
    });
    await push(server, { uploadChunkBytes: 1000 });
    const patches = server.asked.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ body }) => body.length)).toEqual([2_000_000, 1_000_000]);
  });

  test('that breaks goes on from what the registry has', async () => {
    const offsets: number[] = [];
    const server = await uploads({
      patch: (_, count) => (count === 1 ? dying : { status: 202, headers: { location: `${PLACE}?b` } }),
      status: () => ({ status: 204, headers: { location: `${PLACE}?a`, range: '0-1499999' } }),
    });
    const { client, waits } = harness();
    expect(await client.pushBlob(at(server.host), blob, source(BYTES, offsets))).toBe('pushed');
    expect(offsets).toEqual([0, 1_500_000]);
    expect(server.asked.at(-2)?.body.equals(BYTES.subarray(1_500_000))).toBe(true);
    expect(server.asked.at(-2)?.headers['content-range']).toBe('1500000-2999999');
    expect(steps(server).slice(-3)).toEqual([
      `GET ${PLACE}`,
      `PATCH ${PLACE}?a`,
      `PUT ${PLACE}?b&digest=${encodeURIComponent(blob.digest)}`,
    ]);
    expect(waits).toHaveLength(1);
  });

  test.each([
    ['has forgotten it', { status: 404 }],
    ['has more than there is', { status: 204, headers: { location: PLACE, range: '0-99999999' } }],
    ['says nonsense', { status: 204, headers: { location: PLACE, range: '5-9' } }],
    ['does not say where', { status: 204, headers: { range: '0-9' } }],
  ] satisfies [string, Answer][])('that breaks begins anew when the registry %s', async (_, status) => {
    const offsets: number[] = [];
    const server = await uploads({
      post: (_asked, count) => ({ status: 202, headers: { location: `/up/${count}` } }),
      patch: ({ url }) => (url === '/up/1' ? dying : { status: 202, headers: { location: url } }),
      status: () => status,
    });
    expect(await harness().client.pushBlob(at(server.host), blob, source(BYTES, offsets))).toBe('pushed');
    expect(offsets).toEqual([0, 0]);
  });

  test('whose last answer is lost is done when the blob is there', async () => {
    const server = await uploads({
      head: (_, count) => ({ status: count === 1 ? 404 : 200 }),
      put: () => dying,
    });
    expect(await push(server)).toBe('pushed');
    expect(server.asked.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('of which little is left after it broke says what that is', async () => {
    const server = await uploads({
      patch: () => dying,
      status: () => ({ status: 204, headers: { location: PLACE, range: '0-2899999' } }),
    });
    expect(await push(server)).toBe('pushed');
    expect(server.asked.at(-1)).toMatchObject({
      method: 'PUT',
      headers: { 'content-range': '2900000-2999999' },
    });
    expect(server.asked.at(-1)?.body).toHaveLength(100_000);
  });

  test('that the registry takes long to put together is waited for', async () => {
    const server = await uploads({
      put: () => ({ act: (response) => void setTimeout(() => response.writeHead(201).end(), 250) }),
    });
    expect(await push(server, { stallMs: 100 })).toBe('pushed');
    expect(server.asked.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('that always breaks is given up, without end of uploads', async () => {
    const server = await uploads({ patch: () => dying });
    await expect(push(server)).rejects.toThrow(/broke the connection$/);
    expect(server.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(5);
  });

  test('that moves without end by a few bytes is given up', async () => {
    let offset = 0;
    const server = await uploads({
      patch: () => dying,
      status: () => {
        offset++;
        return { status: 204, headers: { location: PLACE, range: `0-${offset}` } };
      },
    });
    await expect(push(server)).rejects.toThrow(/broke the connection$/);
    expect(server.asked.length).toBeLessThan(30);
  });

  test.each([
    ['0-0', /says that it has 0 bytes/],
    ['0-99999999', /says that it has 100000000 bytes/],
    ['7-9', /says that it has the part "7-9"/],
  ])('after which the registry has %s is refused', async (range, message) => {
    const server = await uploads({ patch: () => ({ status: 202, headers: { location: PLACE, range } }) });
    await expect(push(server)).rejects.toThrow(message);
  });

  test.each([
    [413, /limits the size of uploads/],
    [403, undefined],
    [405, undefined],
  ])('that is refused with %i is not tried again', async (status, hint) => {
    const server = await uploads({ patch: () => ({ status }) });
    const error = await errorOf(push(server));
    expect(error.message).toMatch(new RegExp(`answered ${status}$`));
    if (hint !== undefined) expect(error.hint).toMatch(hint);
    expect(server.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  test('that is redirected to another host is not followed', async () => {
    const other = await serve(() => ({ status: 201 }));
    const server = await uploads({ patch: () => ({ status: 307, headers: { location: other.url } }) });
    await expect(push(server)).rejects.toThrow(/answered a PATCH with a redirect \(307\) to /);
    expect(other.asked).toEqual([]);
  });

  test('of a blob that the registry stored as another is an error', async () => {
    const headers = { 'docker-content-digest': digestOf('other') };
    const server = await uploads({ put: () => ({ status: 201, headers }) });
    await expect(push(server)).rejects.toThrow(/says that the digest is/);
  });

  test('that a server takes nothing of is given up', async () => {
    const server = await uploads({ patch: () => ({ act: () => undefined }) });
    const error = await errorOf(push(server, { stallMs: 50 }));
    expect(error.message).toMatch(/did not answer in time$/);
  });
});

describe('what is there', () => {
  test('is not sent', async () => {
    const server = await uploads({
      head: () => ({ status: 200, headers: { 'content-length': String(blob.size) } }),
    });
    expect(await push(server)).toBe('exists');
    expect(server.asked).toHaveLength(1);
  });

  test('with another size is an error', async () => {
    const server = await uploads({ head: () => ({ status: 200, headers: { 'content-length': '5' } }) });
    await expect(push(server)).rejects.toThrow(/with 5 bytes, not 3000000$/);
    await expect(harness().client.hasBlob(at(server.host), blob)).rejects.toThrow(/with 5 bytes/);
  });
});

describe('mounting', () => {
  const mounted = (server: Scripted, mountFrom: string): Promise<PushResult> =>
    harness().client.pushBlob(at(server.host), blob, source(BYTES), { mountFrom });

  test('asks for the blob of the other repository', async () => {
    const server = await uploads({ post: () => ({ status: 201 }) });
    expect(await mounted(server, 'other/image')).toBe('mounted');
    const url = new URL(server.asked[1]?.url ?? '', server.url);
    expect([...url.searchParams]).toEqual([
      ['mount', blob.digest],
      ['from', 'other/image'],
    ]);
  });

  test('that only begins an upload goes on with it', async () => {
    const server = await uploads();
    expect(await mounted(server, 'other/image')).toBe('pushed');
    expect(server.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('that is not allowed is an upload', async () => {
    const server = await uploads({
      post: ({ url }) =>
        url.includes('mount=') ? { status: 403 } : { status: 202, headers: { location: PLACE } },
    });
    expect(await mounted(server, 'other/image')).toBe('pushed');
  });

  test('from the same repository is an upload, for there it is not', async () => {
    const server = await uploads();
    expect(await mounted(server, 'some/image')).toBe('pushed');
    expect(steps(server)[1]).toBe(START[1]);
  });

  test('from what is no repository is refused', async () => {
    const server = await uploads();
    await expect(mounted(server, '../x&y')).rejects.toMatchObject({ code: 'registry' });
    expect(server.asked).toEqual([]);
  });
});

describe('a source', () => {
  test('that fails is no fault of the registry, and is not tried again', async () => {
    const server = await uploads();
    let opened = 0;
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      opened++;
      yield BYTES.subarray(0, 10);
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    };
    const error = await errorOf(harness().client.pushBlob(at(server.host), blob, failing));
    expect(error).toMatchObject({
      code: 'io',
      message: `cannot read ${blob.digest} to push it: EIO: i/o error, read`,
    });
    expect(opened).toBe(1);
  });

  test('that is too short is an error that says so', async () => {
    const server = await uploads();
    const error = await errorOf(
      harness().client.pushBlob(at(server.host), blob, source(BYTES.subarray(0, 10))),
    );
    expect(error).toMatchObject({
      code: 'io',
      message: expect.stringContaining('it has 2999990 bytes less'),
    });
  });

  test('that is too long is cut at the size', async () => {
    const server = await uploads();
    await harness().client.pushBlob(at(server.host), blob, source(Buffer.concat([BYTES, BYTES])));
    expect(server.asked.find(({ method }) => method === 'PATCH')?.body).toHaveLength(BYTES.length);
  });
});
