import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { TransferProgress } from '../../../../src/image/registry/index.js';
import { type Answer, at, collect, digestOf, errorOf, harness, serve, serveRaw } from './support.js';

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 251));
const blob = { digest: digestOf(BYTES), size: BYTES.length };

/** Sends the first bytes of an answer and then breaks the connection. */
const breaking = (status: number, headers: Record<string, string>, bytes: Buffer): Answer => ({
  act: (response) => {
    response.writeHead(status, headers);
    response.write(bytes, () => setImmediate(() => response.socket?.resetAndDestroy()));
  },
});

const rangeFrom = (range: string | undefined): number => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);

const partial = (from: number, to = BYTES.length): Answer => ({
  status: 206,
  headers: { 'content-range': `bytes ${from}-${to - 1}/${BYTES.length}` },
  body: BYTES.subarray(from, to),
});

/** Pulls the blob, and gives it or the error. */
const pulled = (host: string, options = {}): Promise<Buffer> =>
  collect(harness(options).client.blob(at(host), blob));

describe('a blob', () => {
  test('whose connection breaks goes on from there', async () => {
    const { host, asked } = await serve(({ headers }, count) => {
      const from = rangeFrom(headers.range);
      const full = { 'content-length': String(BYTES.length) };
      if (count === 1) return breaking(200, full, BYTES.subarray(0, 30_000));
      const rest = { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` };
      return count < 4 ? breaking(206, rest, BYTES.subarray(from, from + 20_000)) : partial(from);
    });
    const got = await pulled(host);
    expect(got.equals(BYTES)).toBe(true);
    const offsets = asked.map(({ headers }) => rangeFrom(headers.range));
    expect(offsets).toHaveLength(4);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(offsets[3]).toBeGreaterThan(30_000);
  });

  test('from a server that ignores ranges is taken from the beginning, and given once', async () => {
    const { host } = await serve((_, count) =>
      count < 3
        ? breaking(200, { 'content-length': String(BYTES.length) }, BYTES.subarray(0, 40_000))
        : { body: BYTES },
    );
    const events: TransferProgress[] = [];
    const got = await pulled(host, { onProgress: (event: TransferProgress) => events.push(event) });
    expect(got.equals(BYTES)).toBe(true);
    const currents = events.map(({ current }) => current);
    expect(currents).toEqual([...currents].sort((a, b) => a - b));
  });

  test('whose rest the server refuses (416) is taken from the beginning', async () => {
    const { host } = await serve(({ headers }, count) => {
      if (count === 1)
        return breaking(200, { 'content-length': String(BYTES.length) }, BYTES.subarray(0, 40_000));
      return headers.range === undefined ? { body: BYTES } : { status: 416 };
    });
    expect((await pulled(host)).equals(BYTES)).toBe(true);
  });

  test('that ends early in good order goes on too, and is given up when nothing more comes', async () => {
    const short: Answer = { act: (response) => response.writeHead(200).end(BYTES.subarray(0, 1000)) };
    const { host } = await serve(({ headers }) => (headers.range === undefined ? short : { status: 416 }));
    await expect(pulled(host)).rejects.toThrow(/sent 1000B of the 97\.66KiB of sha256:/);
  });

  test.each([
    ['bytes 0-99999/100000'],
    ['bytes 40001-99999/100000'],
    ['bytes 40000-99999/99999'],
    ['bytes 40000-100000/100001'],
    ['bytes 40000-39999/100000'],
    ['bytes */100000'],
    ['chars 40000-99999/100000'],
    [''],
  ])('whose rest comes as %j is refused', async (range) => {
    const { host } = await serve((_, count) =>
      count === 1
        ? breaking(200, { 'content-length': String(BYTES.length) }, BYTES.subarray(0, 40_000))
        : { status: 206, headers: { 'content-range': range }, body: BYTES.subarray(40_000) },
    );
    await expect(pulled(host)).rejects.toThrow(/was asked for the blob from byte \d+ on and answered with/);
  });

  test('of other bytes is an error at its end', async () => {
    const wrong = Buffer.from(BYTES);
    wrong[99_999] = 1;
    const { host } = await serve(() => ({ body: wrong }));
    const error = await errorOf(pulled(host));
    expect(error.message).toContain(`sent bytes for ${blob.digest} whose digest is ${digestOf(wrong)}`);
    expect(error.hint).toMatch(/try again/);
  });

  test('of other bytes after a resumed connection is an error too', async () => {
    const wrong = Buffer.from(BYTES);
    wrong.fill(9, 50_000);
    const { host } = await serve(({ headers }, count) => {
      if (count === 1)
        return breaking(200, { 'content-length': String(BYTES.length) }, BYTES.subarray(0, 40_000));
      const from = rangeFrom(headers.range);
      return { ...partial(from), body: wrong.subarray(from) };
    });
    await expect(pulled(host)).rejects.toThrow(/whose digest is/);
  });

  test('that is said to be longer or shorter is refused before its first byte', async () => {
    for (const body of [BYTES.subarray(1), Buffer.concat([BYTES, BYTES])]) {
      const { host } = await serve(() => ({ headers: { 'content-length': String(body.length) }, body }));
      await expect(pulled(host)).rejects.toThrow(/as sha256:.*; the manifest says 97\.66KiB$/);
    }
  });

  test('without end is cut off at its size', async () => {
    let sent = 0;
    const { host } = await serve(() => ({
      act: (response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && sent < 100_000_000) {
            sent += BYTES.length;
            if (!response.write(BYTES)) break;
          }
          response.once('drain', more);
        };
        more();
      },
    }));
    await expect(pulled(host)).rejects.toThrow(/sent more than the 100000 bytes of sha256:/);
    expect(sent).toBeLessThan(100_000_000);
  });

  test('in gzip on the way is not unpacked, and the error says so', async () => {
    const packed = gzipSync(BYTES);
    const headers = { 'content-encoding': 'gzip', 'content-length': String(packed.length) };
    const { host } = await serve(() => ({ headers, body: packed }));
    await expect(pulled(host)).rejects.toThrow(/\(in the encoding "gzip"\) as sha256:/);
  });

  test('that is gzip by itself is taken as it is, also when the server says so', async () => {
    const packed = gzipSync(BYTES);
    const own = { digest: digestOf(packed), size: packed.length };
    const { host } = await serve(() => ({ headers: { 'content-encoding': 'gzip' }, body: packed }));
    expect((await collect(harness().client.blob(at(host), own))).equals(packed)).toBe(true);
  });

  test('whose server says nothing more is given up after a while, each time', async () => {
    const { host, asked } = await serve(() => ({
      act: (response) => {
        response.writeHead(200, { 'content-length': String(BYTES.length) });
        response.write(BYTES.subarray(0, 10));
      },
    }));
    await expect(pulled(host, { stallMs: 50 })).rejects.toThrow(/stopped sending$/);
    expect(asked).toHaveLength(5);
  });

  test('whose server sends a byte now and then is given up too', async () => {
    const host = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BYTES.length}\r\n\r\n`);
      const timer = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    const size = { stallMs: 100 };
    await expect(pulled(host, size)).rejects.toThrow(/is too slow: \d+B in /);
  });

  test('whose headers come a byte now and then is given up too', async () => {
    const host = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      const timer = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(pulled(host, { stallMs: 100 })).rejects.toThrow(/did not answer in time$/);
  });

  test('that is read slowly is no fault of the server', async () => {
    const { host, asked } = await serve(() => ({ body: BYTES }));
    const { client } = harness({ stallMs: 500 });
    let bytes = 0;
    for await (const chunk of client.blob(at(host), blob)) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 800));
      bytes += chunk.length;
    }
    expect(bytes).toBe(BYTES.length);
    expect(asked).toHaveLength(1);
  });

  test('that is not there says so', async () => {
    const body = JSON.stringify({ errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }] });
    const { host } = await serve(() => ({ status: 404, body }));
    await expect(pulled(host)).rejects.toThrow(/answered 404: "BLOB_UNKNOWN: blob unknown to registry"$/);
  });

  test('waits for its turn, and gives it back also when it is left half read', async () => {
    let open = 0;
    let most = 0;
    const { host } = await serve(() => ({
      act: (response) => {
        open++;
        most = Math.max(most, open);
        response.on('close', () => open--);
        response.writeHead(200, { 'content-length': String(BYTES.length) });
        response.write(BYTES.subarray(0, 50_000));
        setImmediate(() => setImmediate(() => response.end(BYTES.subarray(50_000))));
      },
    }));
    const { client } = harness({ parallelBlobs: 2 });
    const first = async (): Promise<void> => {
      for await (const _ of client.blob(at(host), blob)) break;
    };
    await Promise.all(Array.from({ length: 6 }, first));
    const all = await Promise.all(Array.from({ length: 6 }, () => collect(client.blob(at(host), blob))));
    expect(all.every((got) => got.equals(BYTES))).toBe(true);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('with a digest that could be a path is refused without a word to the server', async () => {
    const { host, asked } = await serve(() => ({}));
    await expect(
      collect(harness().client.blob(at(host), { digest: 'sha256:../../x', size: 1 })),
    ).rejects.toMatchObject({ code: 'registry' });
    expect(asked.filter(({ url }) => url !== '/v2/')).toEqual([]);
  });

  test('under way when the client is closed ends with that reason', async () => {
    const { host } = await serve(() => ({
      act: (response) => {
        response.writeHead(200, { 'content-length': String(BYTES.length) });
        response.write(BYTES.subarray(0, 10));
      },
    }));
    const { client } = harness();
    const read = async (): Promise<void> => {
      for await (const _ of client.blob(at(host), blob)) void client.close();
    };
    await expect(read()).rejects.toMatchObject({ code: 'closed' });
    await expect(client.tags(at(host))).rejects.toMatchObject({ code: 'closed' });
  });
});
