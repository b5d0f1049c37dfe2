/** The default program in the running kernel: it loads, refuses what it should, and ordinary programs do not notice it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Arch,
  compilePolicy,
  DEFAULT_POLICY,
  type Policy,
} from '../../../../src/sandbox/seccomp/index.js';
import { workshop } from './support/native.js';

const ARCH: Arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const ENOENT = 2;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
/** No call of the kernel's own answers this: whoever sees it was answered by the filter. */
const MARK = 3999;

const shop = workshop();
const filterFile = join(shop.directory, 'default.bpf');
const markedFile = join(shop.directory, 'marked.bpf');
let filtered: string;
let probe: string;

beforeAll(() => {
  filtered = shop.compile('filtered');
  probe = shop.compile('probe');
  writeFileSync(filterFile, compilePolicy(DEFAULT_POLICY, ARCH));
  writeFileSync(markedFile, compilePolicy(marked(DEFAULT_POLICY), ARCH));
}, 30_000);
afterAll(() => shop.remove());

/** The same policy, saying {@link MARK} where it says EPERM. */
function marked(policy: Policy): Policy {
  const syscalls = policy.syscalls.map((rule) =>
    rule.action === 'SCMP_ACT_ERRNO' && rule.errnoRet === undefined ? { ...rule, errnoRet: MARK } : rule,
  );
  return { ...policy, syscalls };
}

function run(command: readonly string[], filter = filterFile) {
  const { status, signal, stdout, stderr } = spawnSync(filtered, [filter, ...command], {
    encoding: 'utf8',
    cwd: shop.directory,
  });
  return { status, signal, stdout, stderr };
}

function answers(filter: string): Record<string, number> {
  const lines = run([probe], filter).stdout.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => line.split(' ')).map(([name, errno]) => [name, Number(errno)]),
  );
}

const EBADF = 9;
const EXPECTED = {
  getpid: 0,
  mount: EPERM,
  umount2: EPERM,
  pivot_root: EPERM,
  chroot: EPERM,
  open_tree: EPERM,
  unshare: EPERM,
  'unshare-nothing': EPERM,
  'clone-newuser': EPERM,
  clone3: ENOSYS,
  setns: EPERM,
  keyctl: EPERM,
  add_key: EPERM,
  bpf: EPERM,
  perf_event_open: EPERM,
  userfaultfd: EPERM,
  io_uring_setup: EPERM,
  ptrace: EPERM,
  process_vm_readv: EPERM,
  kcmp: EPERM,
  open_by_handle_at: EPERM,
  reboot: EPERM,
  settimeofday: EPERM,
  init_module: EPERM,
  'personality-read-implies-exec': EPERM,
  'personality-query': 0,
  'mknodat-device': EPERM,
  'mknodat-fifo': 14,
  'ioctl-tiocsti': EPERM,
  'ioctl-tiocsti-high-bits': EPERM,
  'ioctl-tioclinux': EPERM,
  'ioctl-fionread': EBADF,
  'socket-unix': 0,
  'socket-inet': 0,
  'socket-netlink-route': 0,
  'socket-netlink-audit': EAFNOSUPPORT,
  'socket-alg': EAFNOSUPPORT,
  'socket-alg-high-bits': EAFNOSUPPORT,
  'socket-vsock': EAFNOSUPPORT,
  'socket-packet': EAFNOSUPPORT,
  'socket-sctp': EAFNOSUPPORT,
  'setsockopt-ulp': ENOENT,
  'call-minus-one': ENOSYS,
  'call-999': ENOSYS,
};

describe('calls', () => {
  test('get the answers of the policy', () => {
    expect(answers(filterFile)).toEqual(EXPECTED);
  });

  test('are refused by the filter, not by the kernel after it', () => {
    const expected = Object.entries(EXPECTED).map(([name, errno]) => [name, errno === EPERM ? MARK : errno]);
    expect(answers(markedFile)).toEqual(Object.fromEntries(expected));
  });

  // On aarch64 the probe knows no foreign call and says that it is still there.
  const foreign = ARCH === 'x86_64' ? { signal: 'SIGSYS', stdout: '' } : { signal: null };
  test.each(['int80', 'x32'])('of another architecture end the process: %s', (kind) => {
    expect(run([probe, kind])).toMatchObject(foreign);
  });
});

const FINE = { status: 0, signal: null, stdout: 'fine\n', stderr: '' };

const PYTHON = `
import concurrent.futures, os, pty, select, socket, subprocess, tempfile, threading
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(len, ['a'] * 100)) == 100
with concurrent.futures.ProcessPoolExecutor(2) as pool:
    assert sum(pool.map(abs, range(-10, 0))) == 55
assert subprocess.run(['true'], start_new_session=True).returncode == 0
server = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(server.getsockname())
assert select.select([server], [], [], 5)[0] == [server]
with tempfile.NamedTemporaryFile() as file:
    os.utime(file.name); os.chmod(file.name, 0o600)
assert pty.fork()[0] >= 0 or os._exit(0)
print('fine')
`;

const NODE = `
const { networkInterfaces } = require('node:os');
const { Worker } = require('node:worker_threads');
networkInterfaces();
require('node:child_process').execFileSync('true');
const worker = new Worker('require("node:worker_threads").parentPort.postMessage("fine")', { eval: true });
worker.on('message', (message) => require('node:dns').lookup('127.0.0.1', () => console.log(message)));
`;

describe('ordinary programs do not notice it', { timeout: 30_000 }, () => {
  test('a shell', () => {
    const script = 'set -e; mkfifo p; echo fine > p & cat p; wait; rm p; [ "$(echo a | tr a b)" = b ]';
    expect(run(['bash', '-c', script])).toEqual(FINE);
  });

  test('a compiler, and what it makes: threads, processes, sockets, terminals', () => {
    const source = new URL('support/threads.c', import.meta.url).pathname;
    expect(run(['cc', '-O2', '-pthread', '-o', 'threads', source])).toEqual({ ...FINE, stdout: '' });
    expect(run(['./threads'])).toEqual(FINE);
  });

  test('Python', () => {
    expect(run(['python3', '-c', PYTHON])).toEqual(FINE);
  });

  test('Node', () => {
    expect(run([process.execPath, '-e', NODE])).toEqual(FINE);
  });
});
