import { describe, expect, test } from 'vitest';
import type { Fetcher, HttpRequest } from '../../../../src/image/registry/http.js';
import { at, collect, digestOf, errorOf, harness, serve } from './support.js';

const BYTES = Buffer.from('the bytes of a blob');
const blob = { digest: digestOf(BYTES), size: BYTES.length };
const PUBLIC = [{ address: '1.2.3.4', family: 4 }];

/** A registry on another machine, without one: answers by address. */
function scriptedFetcher(answers: Record<string, string>): { fetcher: Fetcher; seen: HttpRequest[] } {
  const seen: HttpRequest[] = [];
  const fetcher: Fetcher = async (request) => {
    seen.push(request);
    const location = answers[request.url.href];
    const headers: [string, readonly string[]][] = location === undefined ? [] : [['location', [location]]];
    return {
      status: location === undefined ? 200 : 307,
      url: request.url,
      headers: new Map(headers),
      body: (async function* () {
        yield BYTES;
      })(),
      discard: () => Promise.resolve(),
    };
  };
  return { fetcher, seen };
}

const START = `https://registry.example/v2/some/image/blobs/${blob.digest}`;

async function pull(location: string, address = PUBLIC): Promise<HttpRequest[]> {
  const { fetcher, seen } = scriptedFetcher({ [START]: location });
  const { client } = harness({}, { fetcher, lookup: () => Promise.resolve(address) });
  expect(await collect(client.blob(at('registry.example'), blob))).toEqual(BYTES);
  return seen;
}

describe('a registry on another machine', () => {
  test.each([
    ['http://cdn.example/x', /which is without TLS$/],
    ['http://registry.example/x', /which is without TLS$/],
    ['http://127.0.0.1/x', /which is without TLS$/],
    ['https://127.0.0.1/x', /which is a loopback address$/],
    ['https://localhost:8443/x', /which is a loopback address$/],
    ['https://[::1]/x', /which is a loopback address$/],
    ['https://[::ffff:127.0.0.1]/x', /which is a loopback address$/],
    ['https://0x7f000001/x', /which is a loopback address$/],
    ['https://10.0.0.1/x', /which is a private address$/],
    ['https://169.254.169.254/latest/meta-data', /which is a special address$/],
    ['https://0.0.0.0/', /which is a special address$/],
    ['https://user@cdn.example/x', /which holds a user name$/],
    ['file:///etc/passwd', /which is not https$/],
    ['data:,x', /which is not https$/],
    ['https://', /which is no address$/],
  ])('may not send us to %s', async (location, rule) => {
    const { fetcher, seen } = scriptedFetcher({ [START]: location });
    const { client } = harness({}, { fetcher, lookup: () => Promise.resolve(PUBLIC) });
    const error = await errorOf(collect(client.blob(at('registry.example'), blob)));
    expect(error).toMatchObject({ code: 'registry', message: expect.stringMatching(rule) });
    expect(error.message).toContain('registry.example sends us to ');
    expect(seen).toHaveLength(1);
  });

  test('may send us to another, which must turn out to be a public one', async () => {
    const seen = await pull('https://cdn.example/blob?signature=a%2Fb');
    expect(seen.map(({ url }) => url.href)).toEqual([START, 'https://cdn.example/blob?signature=a%2Fb']);
    expect(seen[1]?.reach).toEqual(['public']);
  });

  test('in a private network may send us to others there, and not to this machine', async () => {
    const seen = await pull('https://10.0.0.7/blob', [{ address: '10.0.0.1', family: 4 }]);
    expect(seen[1]?.reach).toEqual(['public', 'private']);
  });

  test('of which one address is public is held to what public ones may do', async () => {
    const seen = await pull('https://cdn.example/', [...PUBLIC, { address: '127.0.0.1', family: 4 }]);
    expect(seen[1]?.reach).toEqual(['public']);
  });

  test('without an address that we know is held to what public ones may do', async () => {
    const { fetcher, seen } = scriptedFetcher({ [START]: 'https://cdn.example/' });
    const { client } = harness({}, { fetcher, lookup: () => Promise.reject(new Error('no such name')) });
    await collect(client.blob(at('registry.example'), blob));
    expect(seen[1]?.reach).toEqual(['public']);
  });

  test('may send us round itself', async () => {
    const seen = await pull('/elsewhere');
    expect(seen[1]?.url.href).toBe('https://registry.example/elsewhere');
  });
});

describe('a name behind a redirect', () => {
  test('that turns out to be inside is not connected to', async () => {
    const hidden = await serve(() => ({ body: BYTES }));
    const port = hidden.host.split(':')[1];
    const registry = await serve(() => ({
      status: 302,
      headers: { location: `https://evil.example:${port}/` },
    }));
    const { client } = harness(
      {},
      {
        lookup: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]),
      },
    );
    const error = await errorOf(collect(client.blob(at(registry.host), blob)));
    expect(error.message).toMatch(
      /evil\.example has no address that may be used here: only public and private and loopback ones$/,
    );
    expect(hidden.asked).toEqual([]);
  });

  test('localhost must be this machine when it is spoken to without TLS', async () => {
    const { client } = harness({}, { lookup: () => Promise.resolve(PUBLIC) });
    const error = await errorOf(client.tags(at('localhost:5000')));
    expect(error.message).toMatch(/localhost has no address that may be used here: only loopback ones$/);
  });
});

describe('redirects', () => {
  test('take the range along, and no credentials to another host', async () => {
    const other = await serve(({ headers }, count) => {
      if (count > 1) {
        const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]);
        const range = `bytes ${from}-${BYTES.length - 1}/${BYTES.length}`;
        return { status: 206, headers: { 'content-range': range }, body: BYTES.subarray(from) };
      }
      return {
        act: (response) => {
          response.writeHead(200, { 'content-length': String(BYTES.length) });
          response.write(BYTES.subarray(0, 5), () => setImmediate(() => response.socket?.resetAndDestroy()));
        },
      };
    });
    const registry = await serve(({ url, headers }) => {
      if (url.startsWith('/token')) return { body: '{"token":"secret"}' };
      return headers.authorization === 'Bearer secret'
        ? { status: 307, headers: { location: `${other.url}/blob` } }
        : { status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } };
    });
    expect(await collect(harness().client.blob(at(registry.host), blob))).toEqual(BYTES);
    expect(registry.asked.map(({ headers }) => headers.authorization)).toContain('Bearer secret');
    expect(other.asked).toHaveLength(2);
    for (const { headers } of other.asked) expect(headers).not.toHaveProperty('authorization');
  });

  test('in a circle end', async () => {
    const { host, asked } = await serve(({ url }) => ({ status: 302, headers: { location: `${url}x` } }));
    const error = await errorOf(collect(harness().client.blob(at(host), blob)));
    expect(error.message).toMatch(/redirects more than 5 times$/);
    expect(asked).toHaveLength(6);
  });

  test('to nowhere are an error', async () => {
    const { host } = await serve(() => ({ status: 301 }));
    await expect(collect(harness().client.blob(at(host), blob))).rejects.toThrow(
      /answered 301 without saying where to go$/,
    );
  });

  test('with a slow or endless body do not hold us up', async () => {
    const { host } = await serve(({ url }) =>
      url === '/there'
        ? { body: BYTES }
        : {
            act: (response) => {
              response.writeHead(302, { location: '/there' });
              const more = (): void => {
                while (!response.destroyed && response.write(Buffer.alloc(65_536)));
                response.once('drain', more);
              };
              more();
            },
          },
    );
    expect(await collect(harness().client.blob(at(host), blob))).toEqual(BYTES);
  });
});
