import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunStore } from '../../../src/store/index.js';
import { makeStore, runDirectory } from './support.js';

async function read(store: RunStore, reference: string): Promise<string> {
  let text = '';
  for await (const { stream, bytes } of store.log(reference)) {
    text += `${stream === 'stdout' ? '1' : '2'}<${Buffer.from(bytes).toString()}>`;
  }
  return text;
}

describe('the log of a run', () => {
  it('is in the order in which it was written', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    for (const [stream, text] of [
      ['stdout', 'a'],
      ['stderr', 'b'],
      ['stdout', 'c'],
      ['stdout', 'd'],
    ] as const) {
      await live.write(stream, Buffer.from(text));
    }
    await live.finish({ exitCode: 0 });
    expect(await read(store, 'web')).toMatch(/^1<a>2<b>1<cd>$/);
  });

  it('keeps what was in a buffer that is used again', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    const buffer = Buffer.from('first');
    const writing = live.write('stdout', buffer);
    buffer.fill('x');
    await writing;
    await live.finish({ exitCode: 0 });
    expect(await read(store, 'web')).toBe('1<first>');
  });

  it('has all that was written when the process died before it could say in which order', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    await live.write('stdout', Buffer.from('out'));
    await live.write('stderr', Buffer.from('err'));
    await live.finish({ exitCode: 0 });
    const chunks = join(runDirectory(home, live.id), 'chunks');
    truncateSync(chunks, readFileSync(chunks).length - 3);
    expect(await read(store, 'web')).toBe('1<out>2<err>');
    writeFileSync(chunks, 'nonsense\n1 7 9\n5 1 99999999999999999\n-1 1 1\n');
    expect(await read(store, 'web')).toBe('1<out>2<err>');
    writeFileSync(chunks, '1 1 100\n2 2 1\n');
    expect(await read(store, 'web')).toBe('1<out>2<e>2<rr>');
  });

  it('stays short however a program changes between its streams', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    const writes = Array.from({ length: 20_000 }, (_, index) =>
      live.write(index % 2 === 0 ? 'stdout' : 'stderr', Buffer.from('x')),
    );
    await Promise.all(writes);
    await live.finish({ exitCode: 0 });
    const directory = runDirectory(home, live.id);
    expect(readFileSync(join(directory, 'stdout')).length).toBe(10_000);
    expect(readFileSync(join(directory, 'stderr')).length).toBe(10_000);
    const text = await read(store, 'web');
    expect(text.replaceAll(/[12<>]/g, '')).toBe('x'.repeat(20_000));
  });

  it('keeps 64 MiB of each stream', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    const mebibyte = Buffer.alloc(1024 ** 2, 'x');
    for (let index = 0; index < 66; index++) await live.write('stdout', mebibyte);
    await live.write('stderr', Buffer.from('still here'));
    await live.finish({ exitCode: 0 });
    const directory = runDirectory(home, live.id);
    expect(readFileSync(join(directory, 'stdout')).length).toBe(64 * 1024 ** 2);
    expect(readFileSync(join(directory, 'stderr'), 'utf8')).toBe('still here');
  });

  it('can be followed by a reader who leaves', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    await live.write('stdout', Buffer.from('x'));
    const abort = new AbortController();
    const pieces: string[] = [];
    for await (const { bytes } of store.log('web', { follow: true, signal: abort.signal })) {
      pieces.push(Buffer.from(bytes).toString());
      abort.abort();
    }
    expect(pieces).toEqual(['x']);
    await live.finish({ exitCode: 0 });
  });
});
