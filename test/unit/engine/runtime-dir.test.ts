import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  makeRuntimeDir,
  makeSocketDir,
  removeDeadSockets,
  socketPath,
} from '../../../src/engine/runtime-dir.js';

/** What an ordinary user gets; the tests run as root. */
const UID = 54_321;
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hotcell-test-'));
  vi.spyOn(process, 'geteuid').mockReturnValue(UID);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(base, { recursive: true });
});

describe('the runtime directory of an ordinary user', () => {
  test('is refused when somebody else made it first', () => {
    mkdirSync(join(base, `hotcell-${UID}`));
    expect(() => makeRuntimeDir({ XDG_RUNTIME_DIR: base })).toThrow(/not a directory of our own/);
  });

  test('is refused when it is a link', () => {
    mkdirSync(join(base, 'elsewhere'));
    symlinkSync('elsewhere', join(base, `hotcell-${UID}`));
    expect(() => makeRuntimeDir({ XDG_RUNTIME_DIR: base })).toThrow(/not a directory of our own/);
  });
});

describe('a socket that is found in it', () => {
  /** A file in the place of a socket refuses connections just as one whose launcher is gone. */
  function deadSocket(directory: string): string {
    const path = join(base, directory, 'launcher.sock');
    makeSocketDir(path);
    writeFileSync(path, '');
    return path;
  }

  const ofThisProcess = (): string => basename(dirname(socketPath(base, 'id')));

  test('is removed with its directory when nobody listens and its owner is gone', async () => {
    const started = ofThisProcess().split('-').at(-1);
    const gone = [`id-${process.pid}-${Number(started) - 1}`, `id-999999999-${started}`, 'id', 'id-1'];
    const paths = gone.map(deadSocket);
    await removeDeadSockets(base);
    for (const path of paths) expect(existsSync(dirname(path)), path).toBe(false);
  });

  test('stays while its owner lives, which may be about to start the next launcher', async () => {
    const path = deadSocket(ofThisProcess());
    expect(path).toBe(socketPath(base, 'id'));
    await removeDeadSockets(base);
    expect(existsSync(path)).toBe(true);
  });

  test('stays while somebody listens', async () => {
    const path = join(base, 'other', 'launcher.sock');
    makeSocketDir(path);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await removeDeadSockets(base);
    expect(existsSync(path)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });
});
