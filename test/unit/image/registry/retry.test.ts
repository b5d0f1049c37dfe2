import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../../../src/image/registry/retry.js';
import { type Answer, at, errorOf, harness, serve, serveRaw } from './support.js';

const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 1 };

describe('backoffMs', () => {
  test('doubles up to a cap, half of it by chance', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((failures) => backoffMs(failures, 0))).toEqual([
      250, 500, 1000, 2000, 4000, 7500, 7500,
    ]);
    expect([1, 6].map((failures) => backoffMs(failures, 0.999_999))).toEqual([
      expect.closeTo(500, 1),
      expect.closeTo(15_000, 0),
    ]);
  });
});

describe('a server that fails', () => {
  test.each([408, 429, 500, 502, 503, 504])('with %i for a while is asked again', async (status) => {
    const { host, asked } = await serve((_, count) => ({ status: count < 5 ? status : 200 }));
    const { client, waits } = harness();
    expect(await client.hasBlob(at(host), blob)).toBe(true);
    expect(asked).toHaveLength(5);
    expect(waits).toEqual([250, 500, 1000, 2000]);
  });

  test.each([400, 403, 405, 410, 418, 501])('with %i is not asked again', async (status) => {
    const { host, asked } = await serve(() => ({ status }));
    expect(await errorOf(harness().client.tags(at(host)))).toMatchObject({
      code: 'registry',
      message: `${host}/some/image:latest: ${host} answered ${status}`,
    });
    expect(asked).toHaveLength(1);
  });

  test('for good is given up after five times', async () => {
    const { host, asked } = await serve(() => ({ status: 503, body: 'be right back' }));
    await expect(harness().client.tags(at(host))).rejects.toThrow(/answered 503: "be right back"$/);
    expect(asked).toHaveLength(5);
  });

  test.each([
    ['7', 7000],
    ['0', 250],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 30_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 250],
    ['soon', 250],
    ['-5', 250],
  ])('and asks to retry after %j is waited for', async (text, waitMs) => {
    const { host } = await serve((_, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': text } } : {},
    );
    const clock = { nowMs: () => 0, date: () => new Date(0) };
    const { client, waits } = harness({}, { clock });
    await client.hasBlob(at(host), blob);
    expect(waits).toEqual([waitMs]);
  });

  test.each([
    ['3600', '1h'],
    ['99999999999999999999', 'very long'],
  ])('and asks to wait %s s is not waited for', async (seconds, said) => {
    const { host, asked } = await serve(() => ({ status: 429, headers: { 'retry-after': seconds } }));
    const error = await errorOf(harness().client.tags(at(host)));
    expect(error.message).toMatch(new RegExp(`answered 429, and asks to wait ${said}$`));
    expect(error.hint).toMatch(/docker login/);
    expect(asked).toHaveLength(1);
  });

  test('by breaking the connection is asked again', async () => {
    const host = await serveRaw((socket, count) => {
      if (count < 4) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n');
    });
    expect(await harness().client.hasBlob(at(host), blob)).toBe(true);
  });
});

describe('a host where nothing listens', () => {
  test('is tried once', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const { client, waits } = harness();
    expect(await errorOf(client.tags(at(`127.0.0.1:${port}`)))).toMatchObject({
      code: 'registry',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ refused the connection$/),
      hint: 'check that the registry is running',
    });
    expect(waits).toEqual([]);
  });

  test('or without a name in DNS says so', async () => {
    const lookup = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    const { client } = harness({}, { lookup });
    await expect(client.tags(at('registry.example'))).rejects.toThrow(
      /registry\.example is not known to DNS$/,
    );
  });
});

describe('what a server says', () => {
  const said = async (answer: Answer): Promise<string> => {
    const { host } = await serve(() => ({ status: 400, ...answer }));
    const { message } = await errorOf(harness().client.tags(at(host)));
    return message.slice(message.indexOf(' answered ') + 10);
  };

  test.each([
    ['{"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]}', '400: "DENIED: no"'],
    ['{"errors":[{"message":"no"}]}', '400: "no"'],
    ['{"errors":[{}]}', '400: "{\\"errors\\":[{}]}"'],
    ['{"errors":[{"code":5}]}', '400: "{\\"errors\\":[{\\"code\\":5}]}"'],
    ['{"message":"first\\nsecond"}', '400: "first"'],
    ['<!DOCTYPE html><title>x</title>', '400 with a web page'],
    ['plain words\nand more', '400: "plain words"'],
    ['with a web page', '400: "with a web page"'],
    ['\u001b[2J\u202Ehidden', '400: "\\u001b[2J\\u{202e}hidden"'],
    ['', '400'],
    ['   \n', '400'],
  ])('%j is shown as %s', async (body, shown) => {
    expect(await said({ body })).toBe(shown);
  });

  test('is cut short', async () => {
    expect((await said({ body: 'x'.repeat(1000) })).length).toBeLessThan(200);
    expect(await said({ body: 'x'.repeat(1_000_000) })).toBe('400');
  });

  test('may never come', async () => {
    const { host } = await serve(() => ({
      act: (response) => {
        response.writeHead(400);
        response.write('x');
      },
    }));
    await expect(harness({ stallMs: 50 }).client.tags(at(host))).rejects.toThrow(/answered 400$/);
  });
});
