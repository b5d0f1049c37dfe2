import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from '../../../src/store/identity.js';

describe('a process', () => {
  it('knows itself, and is alive', async () => {
    const own = await ownIdentity();
    expect(own.pid).toBe(process.pid);
    expect(parseIdentity(formatIdentity(own))).toEqual(own);
    expect(await isAlive(own)).toBe(true);
  });

  it.each([
    ['its pid has been given to another', { startTicks: 1 }],
    ['it was before the last boot', { bootId: '00000000-0000-0000-0000-000000000000' }],
    ['there is none', { pid: 4_194_303 }],
  ])('is not alive when %s', async (_, change) => {
    expect(await isAlive({ ...(await ownIdentity()), ...change })).toBe(false);
  });

  it('of another container counts as alive, since it cannot be seen', async () => {
    expect(await isAlive({ ...(await ownIdentity()), pidNamespace: '1', pid: 4_194_303 })).toBe(true);
  });

  it('is not alive as a zombie, whatever its name', async () => {
    // A process that does not ask how its child has ended.
    const code =
      'import os, time\npid = os.fork()\nif pid == 0: os._exit(0)\nprint(pid, flush=True)\ntime.sleep(60)';
    const parent = spawn('python3', ['-c', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(chunk.toString());
      const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      while (stat()[0] !== 'Z') await new Promise(setImmediate);
      expect(await isAlive({ ...(await ownIdentity()), pid, startTicks: Number(stat()[19]) })).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

it.each(['', 'x', '1', '1:2:3', '1:2:3:4:5', '-1:2:3:4', '1:2:3:../..', '99999999999999999999:1:1:a'])(
  '%j is no identity',
  (text) => {
    expect(parseIdentity(text)).toBeNull();
  },
);
