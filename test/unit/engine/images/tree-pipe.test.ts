import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { TreePipe } from '../../../../src/engine/images/tree-pipe.js';

const opened: TreePipe[] = [];

async function openPipe(): Promise<TreePipe> {
  const pipe = await TreePipe.open();
  opened.push(pipe);
  return pipe;
}

afterEach(async () => {
  for (const pipe of opened.splice(0)) await pipe.close();
});

it('gives whoever opens it what is written, in order', async () => {
  const pipe = await openPipe();
  const reader = await open(pipe.path, 'r');
  await pipe.write(Buffer.from('one '));
  await pipe.write(Buffer.from('two'));
  const { buffer, bytesRead } = await reader.read(Buffer.alloc(100), 0, 100);
  expect(buffer.toString('utf8', 0, bytesRead)).toBe('one two');
  await reader.close();
});

it('lies where nobody else can enter', async () => {
  const pipe = await openPipe();
  expect(statSync(dirname(pipe.path)).mode & 0o777).toBe(0o700);
  expect(statSync(pipe.path).isFIFO()).toBe(true);
});

it('ends what nobody reads when it is closed, and leaves nothing', async () => {
  const pipe = await openPipe();
  const refused = expect(pipe.write(Buffer.alloc(3_000_000))).rejects.toThrow();
  await pipe.close();
  await refused;
  await expect(pipe.write(Buffer.from('x'))).rejects.toThrow();
  expect(existsSync(dirname(pipe.path))).toBe(false);
  await pipe.close();
});
