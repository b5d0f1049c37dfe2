/**
 * Family B: what a program asks of the kernel that it must not get, all of it tried by one program that prints a line for each.
 * As an ordinary user and as root of an image, with the filter of system calls and without: what holds without it does not
 * depend on it.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { ending, exited, lines, signaled, text } from '../support/cell.js';
import { useLayers } from '../support/layers.js';
import { program, programJob } from '../support/programs.js';
import { ATTACKS } from './attacks.js';

const layers = useLayers();
const abstract = `hotcell-canary-${randomUUID()}`;

let image = '';
let tcp: Server;
let unix: Server;
let port = 0;
let contacts = 0;

async function listen(where: number | string): Promise<Server> {
  const server = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  });
  server.listen(where as number, typeof where === 'number' ? '127.0.0.1' : undefined);
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  image = layers.layer();
  mkdirSync(join(image, 'bin'));
  copyFileSync(program('try-kernel-interfaces'), join(image, 'bin', 'try-kernel-interfaces'));
  tcp = await listen(0);
  port = (tcp.address() as AddressInfo).port;
  unix = await listen(`\0${abstract}`);
});
afterAll(() => {
  tcp.close();
  unix.close();
});

const args = (): string[] => [String(port), abstract];
const asUser = (job: Partial<JobInput>, build: 'static' | 'dynamic' = 'static'): Promise<Outcome> =>
  layers.cell.run({
    ...job,
    command: ['./try', ...args()],
    files: { try: { path: program('try-kernel-interfaces', build), mode: '0755' } },
  });
const asRootOfImage = (job: Partial<JobInput>): Promise<Outcome> =>
  layers.run({ layers: [image] }, { ...job, command: ['/bin/try-kernel-interfaces', ...args()] });

/** Who tries, and what the program says it got: with the filter nothing. */
const FILTERED: readonly [string, () => Promise<Outcome>][] = [
  ['an ordinary user', () => asUser({})],
  ['an ordinary user with a dynamic program', () => asUser({}, 'dynamic')],
  ['an ordinary user with a loopback network', () => asUser({ network: 'loopback' })],
  ['user 0 of the host image', () => asUser({ user: '0:0' })],
  ['root of an image', () => asRootOfImage({})],
];

/** Nothing of these reaches further than the program's own namespaces; AF_VSOCK is why unconfined is for trusted programs. */
const HARMLESS_WITHOUT_FILTER = [
  ...['add_key', 'keyctl', 'io_uring_setup', 'fanotify_init with fids', 'AF_VSOCK', 'audit'],
  // Which of them there are differs from kernel to kernel; they load its modules.
  ...[
    'AF_ALG',
    'AF_ALG by an x32 number',
    'AF_ALG by int 0x80',
    'socketcall by int 0x80',
    'AF_XDP',
    'AF_SMC',
    'AF_TIPC',
    'AF_CAN',
    'AF_RDS',
    'AF_KEY',
    'AF_QIPCRTR',
  ],
];
/** What root of an image may do by the capabilities that it has in its own user namespace. */
const BY_CAPABILITY = ['chroot twice', 'raw IP'];

const UNFILTERED: readonly [string, () => Promise<Outcome>][] = [
  ['an ordinary user', () => asUser({ seccomp: 'unconfined' })],
  ['user 0 of the host image', () => asUser({ user: '0:0', seccomp: 'unconfined' })],
  ['root of an image', () => asRootOfImage({ seccomp: 'unconfined' })],
];

interface Attempt {
  readonly id: string;
  readonly what: string;
  readonly result: string;
}

function attempts(outcome: Outcome): Attempt[] {
  expect(text(outcome.stderr)).toBe('');
  expect(ending(outcome)).toEqual(exited(0));
  return lines(outcome).map((line) => {
    const [, id = '', what = '', result = ''] = /^(\S+) (.*): (.*)$/.exec(line) ?? [];
    return { id, what, result };
  });
}

const TRIED_IDS = [
  'B1',
  'B2',
  'B3',
  'B4',
  'B5',
  'B6',
  'B7',
  'B8',
  'B9',
  'B11',
  'B12',
  'B13',
  'B14',
  'B17',
  'B18',
];

/** What of the host could have been changed. */
function hostState(): unknown {
  const read = (path: string): string => readFileSync(path, 'utf8');
  return {
    hostname: hostname(),
    mounts: read('/proc/self/mounts'),
    corePattern: read('/proc/sys/kernel/core_pattern'),
    overcommit: read('/proc/sys/vm/overcommit_memory'),
    pidMax: read('/proc/sys/kernel/pid_max'),
    forward: read('/proc/sys/net/ipv4/ip_forward'),
    swaps: read('/proc/swaps'),
    usr: statSync('/usr').mtimeMs,
  };
}

const titleOf = (id: string): string => ATTACKS.find((attack) => attack.id === id)?.title ?? 'not listed';

/** One run for each of them, shared by the tests of all ids. */
function shared(run: () => Promise<Outcome>): () => Promise<Attempt[]> {
  let running: Promise<Attempt[]> | undefined;
  return async () => {
    running ??= (async () => {
      const before = hostState();
      const seconds = Date.now() / 1000 - performance.now() / 1000;
      const found = attempts(await run());
      expect(hostState()).toEqual(before);
      expect(Math.abs(Date.now() / 1000 - performance.now() / 1000 - seconds)).toBeLessThan(30);
      expect(contacts).toBe(0);
      return found;
    })();
    return await running;
  };
}

const filtered = FILTERED.map(([who, run]) => [who, shared(run)] as const);
const unfiltered = UNFILTERED.map(([who, run]) => [who, shared(run)] as const);

describe.each(TRIED_IDS)('%s', (id) => {
  test.each(filtered)(`%s gets nothing: ${titleOf(id)}`, async (_, tried) => {
    const own = (await tried()).filter((attempt) => attempt.id === id);
    expect(own.length).toBeGreaterThan(0);
    const got = own.filter(({ result }) => result === 'DONE' || result === 'nothing');
    expect(got.map(({ what }) => what).join()).toBe('');
  });

  test.each(unfiltered)(`%s without a filter gets nothing of others: ${titleOf(id)}`, async (_, tried) => {
    const own = (await tried()).filter((attempt) => attempt.id === id);
    expect(own.length).toBeGreaterThan(0);
    const got = own.filter(({ result }) => result === 'DONE' || result === 'nothing');
    const known = [...HARMLESS_WITHOUT_FILTER, ...BY_CAPABILITY];
    expect(got.flatMap(({ what }) => (known.includes(what) ? [] : [what])).join()).toBe('');
  });
});

describe('B13', () => {
  test.each(['an x32 number', 'int 0x80'])('calls by %s end the program', async (how) => {
    const [, tried] = filtered[0] as (typeof filtered)[number];
    const own = (await tried()).filter(({ what }) => what.endsWith(`by ${how}`));
    expect(own.map(({ result }) => result)).toEqual(['killed by 31', 'killed by 31']);
  });

  test('a 32-bit program is ended at its first call', async () => {
    const outcome = await layers.cell.run({
      command: ['./try'],
      files: { try: { path: program('exit-with', '32-bit'), mode: '0755' } },
    });
    expect(ending(outcome)).toEqual({ ...signaled('SIGSYS'), status: 'syscall-denied' });
  });
});

describe('B10', () => {
  // Without the filter it types into the sandbox's own terminal, which nobody but itself reads.
  test('nothing can be put into the input of the terminal', async () => {
    const job = programJob('inject-input', [], { tty: { rows: 24, cols: 80 } });
    const outcome = await layers.cell.run(job);
    expect(lines(outcome).map((line) => line.trimEnd())).toEqual([
      'TIOCSTI refused',
      'TIOCSTI with high bits refused',
      'TIOCLINUX refused',
      'TIOCLINUX with high bits refused',
    ]);
  });
});
