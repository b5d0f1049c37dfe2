import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CleanupStack } from '../../../src/core/index.js';
import type { Stdin } from '../../../src/spec/index.js';
import { inputOf } from '../../../src/worker/input.js';

const STREAM: Stdin = { kind: 'stream' };

const given = async (stdin: Stdin, stream?: unknown): Promise<unknown> => {
  await using cleanup = new CleanupStack();
  return await inputOf(stdin, stream as AsyncIterable<Uint8Array>, cleanup);
};

describe("the run's stdin", () => {
  it('is what the program reads when the job says so', async () => {
    const stream = Readable.from([]);
    expect(await given(STREAM, stream)).toBe(stream);
  });

  it.each([
    { kind: 'empty' },
    { kind: 'bytes', bytes: Uint8Array.of(1) },
    { kind: 'path', path: '/dev/null' },
  ] as const)('is refused when the job has %j, as nobody would read it', async (stdin) => {
    await expect(given(stdin, Readable.from([]))).rejects.toMatchObject({
      code: 'invalid-usage',
      message: expect.stringContaining("the job's stdin is not { stream: true }"),
    });
  });

  it('must be there when the job says so', async () => {
    await expect(given(STREAM)).rejects.toMatchObject({ code: 'invalid-usage' });
  });

  it.each([[null], ['text'], [new Uint8Array(3)], [['a']], [{}], [7]])('%j is no stream', async (stream) => {
    await expect(given(STREAM, stream)).rejects.toMatchObject({
      code: 'invalid-usage',
      message: expect.stringContaining('no async iterable'),
    });
  });
});
