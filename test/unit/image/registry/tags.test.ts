import { describe, expect, test } from 'vitest';
import { at, errorOf, harness, serve } from './support.js';

describe('tags', () => {
  test('come from all pages, each once, without what is no tag', async () => {
    const { host, asked } = await serve(({ url }) =>
      url.includes('last=b')
        ? { body: JSON.stringify({ name: 'x', tags: ['b', 'c'] }) }
        : {
            headers: { link: '</v2/some/image/tags/list?n=2&last=b>; rel="next"' },
            body: JSON.stringify({ name: 'x', tags: ['a', 'b', '../x', 'with space', '\u001b[1m', ''] }),
          },
    );
    expect(await harness().client.tags(at(host))).toEqual(['a', 'b', 'c']);
    expect(asked.map(({ url }) => url)).toEqual([
      '/v2/some/image/tags/list?n=1000',
      '/v2/some/image/tags/list?n=2&last=b',
    ]);
  });

  test('of an empty repository are none', async () => {
    const { host } = await serve(() => ({ body: '{"name":"x","tags":null}' }));
    expect(await harness().client.tags(at(host))).toEqual([]);
  });

  test('in pages that go in a circle end', async () => {
    const headers = { link: '</v2/some/image/tags/list?n=1>; rel=next' };
    const { host, asked } = await serve(() => ({ headers, body: '{"tags":["a"]}' }));
    expect(await harness().client.tags(at(host))).toEqual(['a']);
    expect(asked).toHaveLength(2);
  });

  test('in pages without end are an error', async () => {
    const { host, asked } = await serve((_, count) => ({
      headers: { link: `</${count}>; rel="next"` },
      body: `{"tags":["t${count}"]}`,
    }));
    await expect(harness().client.tags(at(host))).rejects.toThrow(/has a list of tags that does not end$/);
    expect(asked).toHaveLength(100);
  });

  test('of more than anybody could use are an error', async () => {
    const tags = (page: number): string[] => Array.from({ length: 60_000 }, (_, index) => `${page}-${index}`);
    const { host, asked } = await serve((_, count) => ({
      headers: { link: `</${count}>; rel="next"` },
      body: JSON.stringify({ tags: tags(count) }),
    }));
    await expect(harness().client.tags(at(host))).rejects.toThrow(/has a list of tags that does not end$/);
    expect(asked).toHaveLength(2);
  });

  test.each(['<html>', '[]', '{"tags":{}}', '{"tags":[1]}', 'null', ''])(
    'in the form %j are an error',
    async (body) => {
      const { host } = await serve(() => ({ body }));
      expect(await errorOf(harness().client.tags(at(host)))).toMatchObject({
        code: 'registry',
        message: expect.stringMatching(/did not answer with a list of tags$/),
      });
    },
  );

  test('whose next page is elsewhere are not followed there', async () => {
    const { host } = await serve(() => ({
      headers: { link: '<http://registry.example/>; rel="next"' },
      body: '{"tags":["a"]}',
    }));
    await expect(harness().client.tags(at(host))).rejects.toThrow(/which is without TLS/);
  });
});
