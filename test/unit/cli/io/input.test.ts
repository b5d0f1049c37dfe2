import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Input } from '../../../../src/cli/io/input.js';

async function all(input: Input): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('standard input', () => {
  it('comes as it is, to its end', async () => {
    expect(
      await all(new Input(Readable.from([Buffer.from('a'), Buffer.from('b')], { objectMode: false }))),
    ).toBe('ab');
    expect(await all(new Input(Readable.from([], { objectMode: false })))).toBe('');
  });

  it('is waited for', async () => {
    const stream = new PassThrough();
    const text = all(new Input(stream));
    stream.write('a');
    await new Promise(setImmediate);
    stream.end('b');
    expect(await text).toBe('ab');
  });

  it('ends a wait when nobody wants it any more, and stays open', async () => {
    const stream = new PassThrough();
    const input = new Input(stream);
    const next = input.next();
    await input.return();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(stream.destroyed).toBe(false);
  });

  it('ends at an error, and remembers it', async () => {
    const stream = new PassThrough();
    const input = new Input(stream);
    const text = all(input);
    stream.destroy(new Error('EISDIR'));
    expect(await text).toBe('');
    expect(input.error).toEqual(new Error('EISDIR'));
  });
});
