import { describe, expect, test } from 'vitest';
import { at, digestOf, errorOf, harness, OCI_MANIFEST, serve, serveRaw } from './support.js';

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST });
const json = { 'content-type': OCI_MANIFEST };

describe('a manifest', () => {
  test('comes with its digest and media type, asked for in all four', async () => {
    const { host, asked } = await serve(() => ({ headers: json, body: MANIFEST }));
    const { client } = harness();
    const { digest, mediaType, bytes } = await client.resolve(at(host, 'v1'));
    expect({ digest, mediaType, text: Buffer.from(bytes).toString() }).toEqual({
      digest: digestOf(MANIFEST),
      mediaType: OCI_MANIFEST,
      text: MANIFEST,
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/v2/some/image/manifests/v1' });
    expect(asked[0]?.headers.accept?.split(', ')).toHaveLength(4);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  test('by a digest goes under it', async () => {
    const { host, asked } = await serve(() => ({ headers: json, body: MANIFEST }));
    const { client } = harness();
    await client.resolve({ ...at(host), digest: digestOf(MANIFEST) });
    await client.manifest(at(host), digestOf(MANIFEST));
    expect(asked.map(({ url }) => url)).toEqual(
      Array(2).fill(`/v2/some/image/manifests/${digestOf(MANIFEST)}`),
    );
  });

  test('of another digest than asked for is refused', async () => {
    const { host } = await serve(() => ({ headers: json, body: `${MANIFEST} ` }));
    const { client } = harness();
    const wanted = digestOf(MANIFEST);
    const error = await errorOf(client.manifest(at(host), wanted));
    expect(error).toMatchObject({ code: 'registry', message: expect.stringContaining(`not ${wanted}`) });
    expect(error.message).toContain(`${host}/some/image@${wanted}`);
  });

  test('whose registry says another digest than it has is refused', async () => {
    const said = digestOf('other');
    const headers = { ...json, 'docker-content-digest': said };
    const { host } = await serve(() => ({ headers, body: MANIFEST }));
    await expect(harness().client.resolve(at(host))).rejects.toThrow(`says that the digest is ${said}`);
  });

  test('in the word of the JSON, where the server only knows that it is JSON', async () => {
    const { host } = await serve(() => ({
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: MANIFEST,
    }));
    expect((await harness().client.resolve(at(host))).mediaType).toBe(OCI_MANIFEST);
  });

  test.each([
    [
      'text/html',
      '<html><title>Log in</title></html>',
      /answered with "text\/html" that is no image manifest$/,
    ],
    ['application/json', '{}', /answered with "application\/json" that is no image manifest$/],
    ['application/json', 'null', /that is no image manifest$/],
    ['application/json', '[[[', /that is no image manifest$/],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', '{}', /schema 1/],
    ['application/vnd.oci.image.config.v1+json', '{}', /that is no image manifest$/],
    ['\u009b31m', '{}', /answered with "\\u\{9b\}31m" that is no image manifest$/],
  ])('of type %j is refused', async (type, body, message) => {
    const { host } = await serve(() => ({ headers: { 'content-type': type }, body }));
    const error = await errorOf(harness().client.resolve(at(host)));
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTypeOf('string');
  });

  test('in gzip is refused, for its digest would be that of other bytes', async () => {
    const headers = { ...json, 'content-encoding': 'gzip' };
    const { host, asked } = await serve(() => ({ headers, body: MANIFEST }));
    await expect(harness().client.resolve(at(host))).rejects.toThrow(/in the encoding "gzip"/);
    expect(asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('of more than 4 MiB is cut off', async () => {
    let sent = 0;
    const { host } = await serve(() => ({
      act: (response) => {
        response.writeHead(200, json);
        const more = (): void => {
          while (!response.destroyed && sent < 64 * 1024 * 1024) {
            sent += 65_536;
            if (!response.write(Buffer.alloc(65_536, 0x20))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      },
    }));
    await expect(harness().client.resolve(at(host))).rejects.toThrow(/sent a manifest of more than 4MiB$/);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('with headers without end is refused', async () => {
    const host = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        if (!socket.destroyed) socket.write(`x-${'a'.repeat(60_000)}: b\r\n`, more);
      };
      more();
    });
    await expect(harness().client.resolve(at(host))).rejects.toThrow(/sent headers that are too large$/);
  });

  test('from what does not speak HTTP is refused, in one line', async () => {
    const host = await serveRaw((socket) => socket.end('220 smtp.example ESMTP\r\n'));
    await expect(harness().client.resolve(at(host))).rejects.toThrow(/did not answer in HTTP$/);
  });

  test('that breaks off is asked for again', async () => {
    const { host, asked } = await serve((_, count) =>
      count > 2
        ? { headers: json, body: MANIFEST }
        : {
            act: (response) => {
              response.writeHead(200, { ...json, 'content-length': String(MANIFEST.length) });
              response.write(MANIFEST.slice(0, 5), () => response.destroy());
            },
          },
    );
    const { client, waits } = harness();
    expect((await client.resolve(at(host))).digest).toBe(digestOf(MANIFEST));
    expect(asked).toHaveLength(3);
    expect(waits).toEqual([250, 500]);
  });
});

describe('a manifest that is not there', () => {
  const missing = JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });

  const withTags = (tags: unknown) =>
    serve(({ url }) =>
      url.includes('/tags/')
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tags }) }
        : { status: 404, headers: { 'content-type': 'application/json' }, body: missing },
    );

  test('is answered with the nearest tag', async () => {
    const { host } = await withTags(['1.0', 'latest']);
    expect(await errorOf(harness().client.resolve(at(host, 'lastest')))).toMatchObject({
      code: 'registry',
      message: `${host}/some/image:lastest: ${host} answered 404: "MANIFEST_UNKNOWN: manifest unknown"`,
      hint: 'did you mean the tag "latest"?',
    });
  });

  test('is answered with a few of many tags', async () => {
    const { host } = await withTags(Array.from({ length: 20 }, (_, index) => `release-2024.${index}`));
    const { hint } = await errorOf(harness().client.resolve(at(host, 'x')));
    expect(hint).toMatch(/^tags there: "release-2024\.15", .*, and 15 more$/);
  });

  test('is answered all the same when the tags cannot be had', async () => {
    const { host } = await serve(({ url }) => ({
      status: url.includes('/tags/') ? 403 : 404,
      body: missing,
    }));
    const error = await errorOf(harness().client.resolve(at(host)));
    expect(error.message).toContain('answered 404: "MANIFEST_UNKNOWN');
    expect(error.hint).toMatch(/check the name/);
  });
});

describe('putting a manifest', () => {
  test('goes under the tag, with its type and bytes', async () => {
    const { host, asked } = await serve(() => ({ status: 201 }));
    const { client } = harness();
    expect(await client.putManifest(at(host, 'v2'), OCI_MANIFEST, Buffer.from(MANIFEST))).toBe(
      digestOf(MANIFEST),
    );
    expect(asked[0]).toMatchObject({ method: 'PUT', url: '/v2/some/image/manifests/v2' });
    expect(asked[0]?.headers['content-type']).toBe(OCI_MANIFEST);
    expect(asked[0]?.body.toString()).toBe(MANIFEST);
  });

  test('under a digest that it does not have is refused before anything is sent', async () => {
    const { host, asked } = await serve(() => ({ status: 201 }));
    const ref = { ...at(host), digest: digestOf('other') };
    const put = harness().client.putManifest(ref, OCI_MANIFEST, Buffer.from(MANIFEST));
    await expect(put).rejects.toMatchObject({ code: 'registry' });
    expect(asked).toEqual([]);
  });

  test('is not taken as done when the registry made something else of it', async () => {
    const { host } = await serve(() => ({
      status: 201,
      headers: { 'docker-content-digest': digestOf('else') },
    }));
    const put = harness().client.putManifest(at(host), OCI_MANIFEST, Buffer.from(MANIFEST));
    await expect(put).rejects.toThrow(/says that the digest is/);
  });
});
