/** Policies on system calls with real programs: what runs under each, and what ends how. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type JobInput, loadSuites, type Outcome } from '../../src/engine/index.js';
import { ending, exited, lines, text, useCell, values } from '../support/cell.js';

const cell = useCell();

const directory = mkdtempSync(join(tmpdir(), 'hotcell-seccomp-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function compiled(compiler: string, name: string, source: string): string {
  const path = join(directory, name);
  const { status, stderr } = spawnSync(
    compiler,
    ['-O2', '-pthread', '-x', compiler === 'g++' ? 'c++' : 'c', '-', '-o', path],
    {
      input: source,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
  return path;
}

const strict = async (command: readonly string[], rest: Partial<JobInput> = {}): Promise<Outcome> =>
  await cell.run({ command: [...command], seccomp: 'strict', ...rest });

const C = `
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *add(void *sum) { __atomic_fetch_add((int *)sum, 1, __ATOMIC_SEQ_CST); return NULL; }
int main(void) {
    pthread_t threads[8]; int sum = 0; char line[64];
    for (int i = 0; i < 8; i++) if (pthread_create(&threads[i], NULL, add, &sum) != 0) return 1;
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    FILE *file = fopen("made", "w+");
    if (!file || fprintf(file, "%d", sum) < 0 || fseek(file, 0, SEEK_SET) != 0 || !fgets(line, sizeof line, file)) return 1;
    char *large = malloc(64 << 20);
    if (!large) return 1;
    printf("%s fine\\n", line); free(large); return remove("made");
}`;

const CPP = `
#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>
int main() {
    std::vector<int> numbers(100000); std::iota(numbers.begin(), numbers.end(), 1);
    auto sum = std::async(std::launch::async, [&] { return std::accumulate(numbers.begin(), numbers.end(), 0LL); });
    try { throw std::runtime_error("thrown"); } catch (const std::exception &) {}
    std::random_device device; std::mt19937 engine(device());
    std::ofstream("made") << std::chrono::steady_clock::now().time_since_epoch().count();
    std::cout << sum.get() << " fine" << std::endl;
}`;

const PYTHON = `
import asyncio, collections, concurrent.futures, decimal, json, os, random, sys, tempfile, threading, time
with concurrent.futures.ThreadPoolExecutor(4) as pool: assert sum(pool.map(len, ['a'] * 100)) == 100
with tempfile.NamedTemporaryFile() as file: file.write(b'x'); file.flush(); assert os.stat(file.name).st_size == 1
async def main(): await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(10)))
asyncio.run(main())
os.path.expanduser('~'); sys.setrecursionlimit(10000)
print('fine')
`;

const NODE = `
const { Worker } = require('node:worker_threads');
require('node:fs').writeFileSync('made', 'x');
new Worker('require("node:worker_threads").parentPort.postMessage("fine")', { eval: true }).on('message', console.log);
`;

describe('under strict', { timeout: 60_000 }, () => {
  test.each([
    ['C', 'cc', C, '8 fine\n'],
    ['C++', 'g++', CPP, '5000050000 fine\n'],
  ])('a program in %s runs, threads and files included', async (_, compiler, source, expected) => {
    const path = compiled(compiler, `program-${compiler}`, source);
    const outcome = await strict(['./program'], { files: { program: { path, mode: '0755' } } });
    expect([text(outcome.stderr), text(outcome.stdout)]).toEqual(['', expected]);
    expect(ending(outcome)).toEqual(exited(0));
    expect(outcome.isolation.seccomp).toEqual({ policy: 'strict', path: null });
  });

  test('one in Python does, with threads and an event loop', async () => {
    const outcome = await strict(['/usr/bin/python3', '-c', PYTHON]);
    expect([text(outcome.stderr), text(outcome.stdout)]).toEqual(['', 'fine\n']);
  });

  test('one in JavaScript does, with workers', async () => {
    const outcome = await strict(['/node', '-e', NODE], {
      mounts: [{ source: process.execPath, target: '/node' }],
      limits: { memory: '2GiB' },
    });
    expect([text(outcome.stderr), text(outcome.stdout)]).toEqual(['', 'fine\n']);
  });

  test('a shell runs as long as it starts nothing', async () => {
    const outcome = await strict(['sh', '-c', 'x=$((6 * 7)); echo $x > f; read y < f; exec echo $y']);
    expect([text(outcome.stdout), ending(outcome)]).toEqual(['42\n', exited(0)]);
  });

  test.each([
    ['a shell that starts a program', ['sh', '-c', 'echo before; /bin/true; echo after']],
    ['a shell with a pipe', ['sh', '-c', 'echo before; echo x | cat; echo after']],
    [
      'fork',
      [
        '/usr/bin/python3',
        '-c',
        'import os; print("before", flush=True); os.fork(); print("after", flush=True)',
      ],
    ],
    [
      'subprocess',
      [
        '/usr/bin/python3',
        '-c',
        'import subprocess; print("before", flush=True); subprocess.run("true"); print("after")',
      ],
    ],
    [
      'multiprocessing',
      [
        '/usr/bin/python3',
        '-c',
        'import multiprocessing as m; print("before", flush=True); m.Process(target=print).start(); print("after")',
      ],
    ],
    [
      'a packet socket',
      [
        '/usr/bin/python3',
        '-c',
        'import socket; print("before", flush=True); socket.socket(17, 3); print("after")',
      ],
    ],
  ])('%s is the end, and is called what it is', async (_, command) => {
    const outcome = await strict(command);
    expect(text(outcome.stdout)).toBe('before\n');
    expect(ending(outcome)).toEqual({
      status: 'syscall-denied',
      exitCode: null,
      signal: 'SIGSYS',
      killedBy: 'signal',
    });
    expect(outcome.verdict).toBe('failed');
    expect(outcome.message).toMatch(/system call was denied/);
  });

  test('there is no network, as if no protocol were known', async () => {
    const code = `import socket
for domain in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try: socket.socket(domain)
    except OSError as error: print(error.errno)
print(socket.gethostname())`;
    const outcome = await strict(['/usr/bin/python3', '-c', code]);
    expect([lines(outcome), ending(outcome)]).toEqual([['97', '97', '97', 'hotcell'], exited(0)]);
  });

  test('a thread that does it ends all of them', async () => {
    const code =
      'import os, threading, time; threading.Thread(target=os.fork).start(); time.sleep(30); print("after")';
    const outcome = await strict(['/usr/bin/python3', '-c', code]);
    expect([outcome.status, text(outcome.stdout)]).toEqual(['syscall-denied', '']);
  });
});

describe('a policy of one’s own', () => {
  const NO_MKDIR: JobInput['seccomp'] = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 30 }],
  };

  test('is in force, from a file or in the job', async () => {
    const path = join(directory, 'no-mkdir.json');
    writeFileSync(path, JSON.stringify(NO_MKDIR));
    for (const [seccomp, from] of [[{ path }, path] as const, [NO_MKDIR, null] as const]) {
      const outcome = await cell.run({ command: ['mkdir', 'made'], seccomp });
      expect(ending(outcome)).toEqual(exited(1));
      expect(text(outcome.stderr)).toMatch(/Read-only file system/);
      expect(outcome.isolation.seccomp).toEqual({ policy: 'profile', path: from });
    }
    expect(ending(await cell.run({ command: ['mkdir', 'made'] }))).toEqual(exited(0));
  });

  test('of the shape of docker’s runs an ordinary program', async () => {
    const path = new URL('../unit/sandbox/seccomp/fixtures/like-docker.json', import.meta.url).pathname;
    const outcome = await cell.run({ command: ['sh', '-c', 'echo a | tr a b; exit 3'], seccomp: { path } });
    expect([text(outcome.stdout), ending(outcome)]).toEqual(['b\n', exited(3)]);
  });

  test('that is wrong starts nothing, and says where', async () => {
    const path = join(directory, 'wrong.json');
    writeFileSync(path, '{\n  "defaultAction": "SCMP_ACT_ALOW"\n}');
    await expect(cell.run({ command: ['true'], seccomp: { path } })).rejects.toMatchObject({
      code: 'invalid-spec',
      message: expect.stringMatching(/wrong\.json:2:20: defaultAction: .* did you mean "SCMP_ACT_ALLOW"\?/),
    });
    await expect(
      cell.run({ command: ['true'], seccomp: { path: `${directory}/none` } }),
    ).rejects.toMatchObject({
      code: 'invalid-spec',
      message: expect.stringMatching(/^seccomp: ".*none": there is no such file|^seccomp: ".*none": /),
    });
  });

  test('that is larger than the kernel takes is refused', async () => {
    const syscalls = Array.from({ length: 1500 }, (_, value) => ({
      names: ['ioctl'],
      action: 'SCMP_ACT_ALLOW' as const,
      args: [{ index: value % 6, value: value * 2 ** 33 + value, op: 'SCMP_CMP_EQ' as const }],
    }));
    const seccomp = { defaultAction: 'SCMP_ACT_ERRNO' as const, syscalls };
    await expect(cell.run({ command: ['true'], seccomp })).rejects.toThrow(
      /needs \d+ instructions; the kernel takes 4096/,
    );
  });
});

describe('what no policy may allow', () => {
  const EVERYTHING = { defaultAction: 'SCMP_ACT_ALLOW' } as const;
  const [EPERM, EAFNOSUPPORT] = ['1', '97'];

  test('is refused under one that allows everything', async () => {
    const got = values(await cell.program('make-calls', ['forbidden'], { seccomp: EVERYTHING }));
    const { 'user-namespace': userNamespace, ...others } = Object.fromEntries(got);
    expect(others).toEqual({
      ...{ keyctl: EPERM, add_key: EPERM, request_key: EPERM, tiocsti: EPERM, 'io-uring': EPERM },
      ...{ vsock: EAFNOSUPPORT, qrtr: EAFNOSUPPORT },
      // By the kernel: no capability, no namespace.
      ...{ mount: EPERM, chroot: EPERM },
      ...{ core: '0', 'core-limit': '1' },
    });
    expect(userNamespace).not.toBe('0');
  });

  test('nor are calls of another architecture', async () => {
    const outcome = await cell.program('make-calls', ['foreign'], { seccomp: EVERYTHING });
    const isArm = process.arch === 'arm64';
    expect([outcome.status, lines(outcome)]).toEqual(isArm ? ['ok', ['still here']] : ['syscall-denied', []]);
  });
});

describe('a suite', () => {
  const suite = (name: string, body: string): string => {
    const path = join(directory, name);
    writeFileSync(path, body);
    return path;
  };

  test('may say strict, for programs that it does not trust at all', async () => {
    const path = suite(
      's.suite.yaml',
      `defaults: { seccomp: strict }
jobs:
  - { name: fine, command: [sh, -c, "echo a"], expect: { stdout: "a\\n" } }
  - { name: forks, command: [sh, -c, "/bin/true; exit 0"], expect: { status: syscall-denied } }
  - name: checked
    command: [echo, "5"]
    expect: { checker: { command: [sh, -c, "/bin/true; exit 0"] } }
`,
    );
    const outcomes: Outcome[] = [];
    const run = cell.hotcell.runSuites(await loadSuites([path]), { workers: 0 });
    for await (const outcome of run) outcomes.push(outcome);
    expect(outcomes.map(({ job, status, verdict }) => [job, status, verdict])).toEqual(
      expect.arrayContaining([
        ['fine', 'ok', 'passed'],
        ['forks', 'syscall-denied', 'passed'],
        ['checked', 'ok', 'passed'],
      ]),
    );
  });

  test('may bring a policy only where that is allowed, and its mistakes have their place', async () => {
    writeFileSync(join(directory, 'own.json'), '{"defaultAction":"SCMP_ACT_ALLOW"}');
    const own = suite('own.suite.yaml', 'jobs: [{ command: [./p], seccomp: { path: own.json } }]\n');
    await expect(loadSuites([own])).rejects.toThrow(
      'own.suite.yaml:1:35: jobs[0].seccomp: is a policy of its own, which may allow what the default one refuses; allow it with --allow-unsafe',
    );
    const [loaded] = await loadSuites([own], { allowUnsafe: true });
    expect(loaded?.cases[0]?.program.job.seccomp).toMatchObject({
      kind: 'profile',
      path: join(directory, 'own.json'),
      profile: { defaultAction: 'SCMP_ACT_ALLOW' },
    });
    writeFileSync(join(directory, 'bad.json'), '{"defaultAction":"SCMP_ACT_ALLOW","syscall":[]}');
    const bad = suite('bad.suite.yaml', 'jobs: [{ command: [./p], seccomp: { path: bad.json } }]\n');
    await expect(loadSuites([bad], { allowUnsafe: true })).rejects.toThrow(
      /bad\.suite\.yaml:1:\d+: .*bad\.json:1:35: syscall: unknown key; did you mean "syscalls"\?/,
    );
  });
});
