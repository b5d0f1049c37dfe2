import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileLock, withLock } from '../../../../src/image/store/lock.js';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('many share it, and one who wants it alone waits for all of them', async () => {
  const order: string[] = [];
  const [a, b] = [
    await FileLock.acquire(path, { mode: 'shared' }),
    await FileLock.acquire(path, { mode: 'shared' }),
  ];
  expect(await FileLock.tryAcquire(path, 'exclusive')).toBeNull();
  const waiting = withLock(path, { mode: 'exclusive' }, async () => void order.push('alone'));
  await a.release();
  order.push('first gone');
  await b.release();
  await waiting;
  expect(order).toEqual(['first gone', 'alone']);
});

test('one who has it alone keeps everybody out, also in the same process', async () => {
  const held = await FileLock.acquire(path, { mode: 'exclusive' });
  expect(await FileLock.tryAcquire(path, 'shared')).toBeNull();
  expect(await FileLock.tryAcquire(path, 'exclusive')).toBeNull();
  await held.release();
  const next = await FileLock.tryAcquire(path, 'exclusive');
  expect(next).not.toBeNull();
  await next?.release();
});

test('it is given up by a process that is killed', async () => {
  const other = spawn('flock', ['--exclusive', path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  expect(await FileLock.tryAcquire(path, 'shared')).toBeNull();
  const waiting = FileLock.acquire(path, { mode: 'exclusive' });
  other.stdin.end();
  await (await waiting).release();
});

test('who waits can be called off', async () => {
  const held = await FileLock.acquire(path, { mode: 'exclusive' });
  const ending = new AbortController();
  const waiting = FileLock.acquire(path, { mode: 'shared', signal: ending.signal });
  ending.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await held.release();
  expect(await FileLock.tryAcquire(path, 'exclusive')).not.toBeNull();
});

test('one that was removed with its file is no lock for those who waited for it', async () => {
  const held = await FileLock.acquire(path, { mode: 'exclusive' });
  const waiting = FileLock.acquire(path, { mode: 'exclusive' });
  await held.remove();
  const next = await waiting;
  expect(existsSync(path)).toBe(true);
  expect(await FileLock.tryAcquire(path, 'exclusive')).toBeNull();
  await next.release();
});

test('a path where there can be none is an error that says so', async () => {
  await expect(FileLock.acquire(join(directory, 'no/where'), { mode: 'shared' })).rejects.toThrow(
    /cannot lock .*no\/where: ENOENT/,
  );
});
