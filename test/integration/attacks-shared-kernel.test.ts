/** What all sandboxes share of the kernel, outside every namespace: one that takes all it can must leave others theirs. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { ending, exited, killed, startAndWaitFor, text, useCell } from '../support/cell.js';

const cell = useCell();

const python = (script: string, rest: Partial<JobInput> = {}): JobInput => ({
  ...rest,
  command: ['python3', '-c', script],
});

describe('a program that takes all inotify instances it can get', () => {
  const TAKE = `
import ctypes, time
libc = ctypes.CDLL(None)
taken = 0
while taken < 1000 and libc.inotify_init1(0) >= 0: taken += 1
print('taken', taken, flush=True)
time.sleep(60)`;
  const ONE = 'import ctypes, sys; sys.exit(ctypes.CDLL(None).inotify_init1(0) < 0)';

  test('leaves other sandboxes and the root of the host theirs', async () => {
    const greedy = await startAndWaitFor(cell.hotcell, python(TAKE), 'taken');
    try {
      expect(ending(await cell.run(python(ONE)))).toEqual(exited(0));
      expect(ending(await cell.run(python(ONE, { isolation: 'none' })))).toEqual(exited(0));
    } finally {
      greedy.kill();
      await greedy.outcome;
    }
  });
});

describe('a program that fills the buffers of TCP connections', () => {
  const FILL = `
import socket
server = socket.create_server(('127.0.0.1', 0), backlog=200)
kept, queued, block = [], 0, bytes(1 << 20)
for _ in range(100):
    client = socket.create_connection(server.getsockname())
    client.setblocking(False)
    kept += [client, server.accept()[0]]
    try:
        while True: queued += client.send(block)
    except BlockingIOError: pass
print(queued >> 20)`;

  test('gets no more memory that way than its limit allows besides', async () => {
    const outcome = await cell.run(python(FILL, { network: 'loopback', limits: { memory: '64MiB' } }));
    // v2 counts them with everything else, and what is over the limit ends the program; v1 has a limit of their own, at which TCP waits.
    if (outcome.status === 'memory-exceeded') expect(ending(outcome)).toEqual(killed('memory'));
    else expect(ending(outcome)).toEqual(exited(0));
    expect(Number(text(outcome.stdout))).toBeLessThan(150);
  });
});

describe('a program that opens all terminals it can get', () => {
  const TAKE = `
import os, time
taken = 0
try:
    while taken < 500: taken += os.open('/dev/ptmx', os.O_RDWR) >= 0
except OSError: pass
print('taken', taken, flush=True)
time.sleep(60)`;

  test('gets a few, so that what the host has is enough for all slots', async () => {
    const greedy = await startAndWaitFor(cell.hotcell, python(TAKE), 'taken');
    greedy.kill();
    const taken = /taken (\d+)/.exec(text((await greedy.outcome).stdout))?.[1];
    expect(Number(taken)).toBe(32);
  });
});

describe('the limit that keeps crashes from starting a helper on the host', () => {
  const LOWER = `
import resource, ctypes
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
ctypes.CDLL(None).syscall(160, 4, (ctypes.c_ulong * 2)(0, 0))
print(resource.getrlimit(resource.RLIMIT_CORE))`;

  test('cannot be lowered, and a program that does so is told that it worked', async () => {
    const outcome = await cell.run(python(LOWER));
    expect(text(outcome.stdout)).toBe('(1, 1)\n');
    expect(ending(outcome)).toEqual(exited(0));
  });

  test('other limits can be', async () => {
    const outcome = await cell.run(
      python(
        'import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (50, 60)); print(r.getrlimit(r.RLIMIT_NOFILE))',
      ),
    );
    expect(text(outcome.stdout)).toBe('(50, 60)\n');
  });
});

describe('who is to die first when the host has no memory left', () => {
  const SPARE_ME = `
import os
def attempt(name, value):
    try:
        with open('/proc/self/' + name, 'w') as file: file.write(value)
        return 'written'
    except OSError as error: return type(error).__name__
def score(): return open('/proc/self/oom_score_adj').read().strip()
print(score(), attempt('oom_score_adj', '-1'), attempt('oom_score_adj', '-1000'), attempt('oom_adj', '-17'), flush=True)
print(attempt('oom_score_adj', '999'), score(), flush=True)
if os.fork() == 0:
    print(attempt('oom_score_adj', '-1'), score(), flush=True)
    os._exit(0)
os.wait()`;

  /** CAP_SYS_RESOURCE: who has it says how far down others may go, and without it Hotcell cannot. capabilities(7) */
  const mayPin = (): boolean => {
    const mask = /^CapEff:\s+(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return ((BigInt(`0x${mask}`) >> 24n) & 1n) === 1n;
  };

  test.each([0, 1000])(
    'is the program, and as user %i it gets no further up than Hotcell is',
    async (user) => {
      const outcome = await cell.run({ ...python(SPARE_ME), user: `${user}:${user}` });
      const denied = 'PermissionError';
      expect(text(outcome.stdout).trim().split('\n')).toEqual([
        `1000 ${denied} ${denied} ${denied}`,
        mayPin() ? `${denied} 1000` : 'written 999',
        mayPin() ? `${denied} 1000` : `${denied} 999`,
      ]);
      expect(ending(outcome)).toEqual(exited(0));
    },
  );
});
