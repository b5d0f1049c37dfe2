import { type AddressInfo, createServer } from 'node:net';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { createRegistryClient } from '../../../../src/image/registry/index.js';
import { systemInternals } from '../../../../src/image/registry/internals.js';
import { collect } from './support.js';

/** What is answered to every request until the next run. */
let answer = Buffer.alloc(0);

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (first) => socket.end(first[0] === 0x16 ? 'no TLS here' : answer));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
});

const header = fc.tuple(
  fc.constantFrom(
    ...['location', 'www-authenticate', 'content-type', 'content-length', 'content-range', 'link', 'range'],
    ...[
      'docker-content-digest',
      'retry-after',
      'transfer-encoding',
      'content-encoding',
      'oci-chunk-min-length',
    ],
  ),
  fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      'chunked',
      'gzip',
      '0',
      '5',
      '-1',
      '/v2/',
      'Basic',
      'Bearer realm="/"',
      'bytes 0-1/2',
      '</>; rel=next',
    ),
  ),
);

const response = fc
  .tuple(
    fc.constantFrom(100, 200, 201, 202, 204, 206, 301, 304, 307, 400, 401, 404, 416, 429, 500),
    fc.array(header, { maxLength: 5 }),
    fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('{"tags":["a"]}', '{"token":"x"}', '{"errors":[]}'),
    ),
  )
  .map(([status, headers, body]) => {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`HTTP/1.1 ${status} X\r\n${lines}\r\n${body}`);
  });

const bytes = fc.oneof(
  response,
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

describe('whatever a server answers', () => {
  property.prop([bytes], { numRuns: 60 })(
    'every call ends, with a result or one clear error',
    async (random) => {
      answer = random;
      const client = createRegistryClient(
        { dockerConfigDir: '/nonexistent', certificatesDir: '/nonexistent', stallMs: 200 },
        { ...systemInternals, env: {}, wait: () => Promise.resolve() },
      );
      const { port } = server.address() as AddressInfo;
      const ref = { domain: `127.0.0.1:${port}`, repository: 'a/b', tag: 'latest' };
      const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 5 };
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('12345');
      };
      const results = await Promise.allSettled([
        client.resolve(ref),
        collect(client.blob(ref, blob)),
        client.hasBlob(ref, blob),
        client.pushBlob(ref, blob, source, { mountFrom: 'c' }),
        client.putManifest(ref, 'application/vnd.oci.image.index.v1+json', Buffer.from('{}')),
        client.tags(ref),
      ]);
      await client.close();
      for (const result of results) {
        if (result.status === 'fulfilled') continue;
        expect(result.reason).toBeInstanceOf(HotcellError);
        expect(result.reason).toMatchObject({ code: 'registry' });
        expect(result.reason.message).toMatch(/^[\p{L}\p{N}\p{P}\p{S}\p{M} ]+$/u);
        expect(result.reason.message.length).toBeLessThan(1000);
      }
    },
  );
});
