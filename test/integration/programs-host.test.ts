import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ending, exited, lines, startAndWaitFor, text, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

describe('host files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'canary-'));
  const canary = join(directory, 'canary');
  const secret = randomUUID();

  beforeAll(() => {
    chmodSync(directory, 0o755);
    writeFileSync(canary, secret);
    chmodSync(canary, 0o666);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test('cannot be seen, changed, renamed or removed', async () => {
    const before = statSync(canary);
    const outcome = await cell.program('change-host-file', [canary, '/etc/shadow', '/root/.profile']);
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('');
    expect(readFileSync(canary, 'utf8')).toBe(secret);
    expect(statSync(canary)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs, ino: before.ino });
  });

  test('mounted read-only, a file can be read and not changed', async () => {
    const target = '/box/mounted/canary';
    const mounts = [{ source: directory, target: '/box/mounted' }];
    const read = await cell.run({ command: ['/bin/cat', target], mounts });
    expect(text(read.stdout)).toBe(secret);
    const changed = await cell.program('change-host-file', [target], { mounts });
    expect(lines(changed)).toEqual([`found ${target}`]);
    expect(readFileSync(canary, 'utf8')).toBe(secret);
  });

  test('mounted as overlay, a file can be changed and nothing sticks', async () => {
    const target = '/box/mounted/canary';
    const mounts = [{ source: directory, target: '/box/mounted', mode: 'overlay' as const }];
    const changed = await cell.program('change-host-file', [target], { mounts });
    expect(lines(changed)).toContain(`overwrote ${target}`);
    expect(readFileSync(canary, 'utf8')).toBe(secret);
    const again = await cell.run({ command: ['/bin/cat', target], mounts });
    expect(text(again.stdout)).toBe(secret);
  });

  test('a file can only be made where a run may write, and is gone with it', async () => {
    const name = `made-${randomUUID()}`;
    const outcome = await cell.program('write-everywhere', [name]);
    expect(ending(outcome)).toEqual(exited(0));
    expect(lines(outcome).sort()).toEqual(['made /box', 'made /dev/shm', 'made /tmp', 'made /var/tmp']);
    for (const place of ['/', '/box', '/dev/shm', '/tmp', '/var/tmp', '/run'])
      expect(existsSync(join(place, name)), place).toBe(false);
  });

  test('secrets cannot be read', async () => {
    const outcome = await cell.program('read-secrets');
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('');
  });

  test('root in the sandbox is no root on the host', async () => {
    const outcome = await cell.program('read-secrets', ['/etc/shadow', '/root/.ssh', canary], {
      user: '0:0',
    });
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('');
  });
});

describe('host sockets', () => {
  const abstract = `canary-${randomUUID()}`;
  const servers: Server[] = [];
  const reached: string[] = [];
  let port = 0;

  beforeAll(async () => {
    const onConnection = (name: string) =>
      createServer((socket) => {
        reached.push(name);
        socket.resume().on('error', () => undefined);
      });
    const four = onConnection('ipv4');
    const unix = onConnection('abstract');
    servers.push(four, unix);
    await Promise.all([
      once(four.listen({ port: 0, host: '127.0.0.1' }), 'listening'),
      once(unix.listen({ path: `\0${abstract}` }), 'listening'),
    ]);
    port = (four.address() as AddressInfo).port;
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  test.each(['none', 'loopback'] as const)('are out of reach with network %s', async (network) => {
    const outcome = await cell.program('connect-loopback', [port, abstract], { network });
    expect(ending(outcome)).toEqual(exited(1));
    expect(text(outcome.stdout)).not.toContain('connected');
    expect(reached).toEqual([]);
  });

  test("are found by the host's means with network host", async () => {
    const outcome = await cell.run({ command: ['cat', '/etc/resolv.conf', '/etc/hosts'], network: 'host' });
    const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    expect(text(outcome.stdout)).toContain(read('/etc/resolv.conf').slice(0, 4096));
    expect(text(outcome.stdout)).toContain(read('/etc/hosts').slice(0, 4096));
  });

  test('are reached with network host, so the test above can fail', async () => {
    const outcome = await cell.program('connect-loopback', [port, abstract], { network: 'host' });
    expect(ending(outcome)).toEqual(exited(0));
    expect(lines(outcome)[0]).toBe('ipv4 connected');
    // Our own event loop may hear of the run's end before it hears of the connection.
    await vi.waitFor(() => expect(reached).toContain('ipv4'));
  });
});

describe('another run', () => {
  test('finds nothing of the one before it in the same place', async () => {
    const name = `trace-${randomUUID()}`;
    const left = await cell.program('leave-traces', [name]);
    expect(lines(left)).toEqual(
      expect.arrayContaining(['left /tmp', 'left /box', 'left /dev/shm', 'left abstract']),
    );
    for (let i = 0; i < 8; i++) {
      const found = await cell.program('leave-traces', ['look', name]);
      expect(text(found.stdout)).toBe('');
    }
  });

  test('finds nothing of one that is running now', async () => {
    const name = `trace-${randomUUID()}`;
    const { files } = programJob('leave-traces');
    const script = `./leave-traces ${name}; exec sleep 20`;
    const leaver = await startAndWaitFor(
      cell.hotcell,
      { command: ['/bin/sh', '-c', script], files },
      'left abstract',
    );
    const found = await cell.program('leave-traces', ['look', name]);
    expect(text(found.stdout)).toBe('');
    leaver.kill();
    expect((await leaver.outcome).status).toBe('cancelled');
  });
});
