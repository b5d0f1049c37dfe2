import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ending, exited, lines, text, useCell } from '../support/cell.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const dir = mkdtempSync(join(tmpdir(), 'library-'));
beforeAll(() => chmodSync(dir, 0o755));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What this process has open. */
const openPaths = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the one that read the directory
    }
  });

const shell = (script: string) => ({ command: ['/bin/sh', '-c', script] });

describe('stdin', () => {
  const bytes = Buffer.from(randomBytes(700_000));

  test('comes from bytes, a file or a stream, byte for byte', async () => {
    const path = join(dir, 'input');
    writeFileSync(path, bytes);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 33_333) yield bytes.subarray(at, at + 33_333);
    }
    const echo = programJob('echo-stdin');
    const outcomes = await Promise.all([
      cell.run({ ...echo, stdin: new Uint8Array(bytes) }),
      cell.run({ ...echo, stdin: { path } }),
      cell.run({ ...echo, stdin: { base64: bytes.toString('base64') } }),
      cell.run({ ...echo, stdin: { stream: true } }, { stdin: pieces() }),
    ]);
    for (const { stdout } of outcomes) {
      expect('base64' in stdout && Buffer.from(stdout.base64, 'base64').equals(bytes)).toBe(true);
    }
  });

  test('of a file that nobody reads is closed again', async () => {
    const path = join(dir, 'large');
    writeFileSync(path, Buffer.alloc(4_000_000));
    const outcome = await cell.run({ ...programJob('exit-with', [0]), stdin: { path } });
    expect(ending(outcome)).toEqual(exited(0));
    await expect.poll(() => openPaths().filter((open) => open === path)).toEqual([]);
  });

  test('whose source fails ends the run with that error', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw new Error('tape tore');
    }
    const running = cell.run({ ...programJob('echo-stdin'), stdin: { stream: true } }, { stdin: broken() });
    await expect(running).rejects.toThrow('tape tore');
  });
});

describe('files', () => {
  test("come by content, base64 and path, with their modes, and are the user's", async () => {
    const path = join(dir, 'script');
    writeFileSync(path, '#!/bin/sh\necho by path\n', { mode: 0o750 });
    const files = {
      'a/b/text': { content: 'ä\n' },
      bytes: { content: Uint8Array.of(0, 255), mode: 0o600 },
      more: { base64: 'AP8=', mode: '0444' },
      script: { path },
      '/opt/tool': { path, mode: '0755' },
    };
    const names = 'a/b/text bytes more script /opt/tool';
    const outcome = await cell.run({
      ...shell(`stat -c '%a %U %s %n' ${names}; ./script; /opt/tool; cmp bytes more`),
      files,
    });
    expect(ending(outcome)).toEqual(exited(0));
    expect(lines(outcome)).toEqual([
      '644 box 3 a/b/text',
      '600 box 2 bytes',
      '444 box 2 more',
      '750 box 23 script',
      '755 box 23 /opt/tool',
      'by path',
      'by path',
    ]);
  });

  test('may be large', async () => {
    const path = join(dir, 'blob');
    const bytes = randomBytes(5_000_000);
    writeFileSync(path, bytes);
    const files = { byPath: { path }, byContent: { content: bytes.subarray(0, 3_000_000) } };
    const outputs = ['byPath', 'byContent'];
    const copied = new Map<string, Uint8Array>();
    const outcome = await cell.run(
      { ...shell('true'), files, outputs },
      { onOutput: (file) => void copied.set(file.path, file.bytes) },
    );
    expect(ending(outcome)).toEqual(exited(0));
    expect(bytes.equals(copied.get('/box/byPath') ?? new Uint8Array())).toBe(true);
    expect(bytes.subarray(0, 3_000_000).equals(copied.get('/box/byContent') ?? new Uint8Array())).toBe(true);
  });

  test('may be many, small and large, though few fit what is sent', async () => {
    const path = join(dir, 'many');
    writeFileSync(path, Buffer.alloc(20_000, 7));
    const files = Object.fromEntries(
      Array.from({ length: 1300 }, (_, index) => [`d${index % 7}/f${index}`, { path }]),
    );
    const outcome = await cell.run({ ...shell('find . -type f -size 20000c | wc -l'), files });
    expect(text(outcome.stdout).trim()).toBe('1300');
  });
});

describe('outputs', () => {
  test('are copied with what is below them, and what is no file is named and never followed', async () => {
    const script = [
      'mkdir -p tree/sub tree/empty; printf abc > tree/sub/file; chmod 640 tree/sub/file',
      'printf x > "new\nline"; mkfifo fifo; ln -s /etc/shadow shadow; ln -s / root; ln -s tree link; ln tree/sub/file hard',
      'mkdir odd; printf y > "odd/$(printf "n\\nl")"',
    ].join('\n');
    const outputs = [
      'tree',
      'odd',
      'fifo',
      'shadow',
      'root/etc/passwd',
      'link/sub/file',
      '/dev/zero',
      '/proc/1/environ',
      'hard',
      'absent',
    ];
    const seen: string[] = [];
    const outcome = await cell.run(
      { ...shell(script), outputs },
      { onOutput: ({ kind, path, bytes }) => void seen.push(`${kind} ${path} ${bytes.length}`) },
    );
    expect(ending(outcome)).toEqual(exited(0));
    expect(seen).toEqual([
      'directory /box/tree 0',
      ...['directory /box/tree/sub 0', 'file /box/tree/sub/file 3', 'directory /box/tree/empty 0'].sort(),
      'directory /box/odd 0',
      'file /box/odd/n\nl 1',
      'file /box/hard 3',
    ]);
    const errors = Object.fromEntries(
      outcome.outputs.map(({ path, error, sha256 }) => [path, error ?? sha256]),
    );
    expect(errors).toMatchObject({
      '/box/tree/sub/file': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '/box/fifo': 'not a regular file or directory',
      '/box/shadow': 'a symlink: not followed',
      '/box/link/sub/file': 'a symlink: not followed',
      '/box/absent': 'no such file or directory (ENOENT)',
    });
    for (const path of ['/box/root/etc/passwd', '/box/link/sub/file', '/dev/zero', '/proc/1/environ']) {
      expect(errors[path], path).not.toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test('are copied as deep as they may be nested, and below that are said to be too deep', async () => {
    const script = 'mkdir -p deep; cd deep; for i in $(seq 70); do mkdir d; cd d; done; : > file';
    const { outputs } = await cell.run({ ...shell(script), outputs: ['deep'] });
    expect(outputs).toMatchObject([{ error: 'nested too deeply' }]);
  });

  test('are not larger than the disk limit, sparse or not', async () => {
    const job = { ...shell('truncate -s 1T sparse; printf ok > small'), outputs: ['sparse', 'small'] };
    const outcome = await cell.run({ ...job, limits: { disk: '1MiB', fileSize: 'none' } });
    const [sparse, small] = outcome.outputs;
    expect(sparse).toMatchObject({ path: '/box/sparse', bytes: null });
    expect(sparse?.error).not.toBeNull();
    expect(small).toMatchObject({ path: '/box/small', bytes: 2, error: null });
  });

  test('are there when the program was killed too', async () => {
    const outcome = await cell.run({ ...shell('printf part > out; kill -9 $$'), outputs: ['out'] });
    expect(outcome).toMatchObject({
      status: 'signaled',
      outputs: [{ path: '/box/out', bytes: 4, error: null }],
    });
  });

  test('whose sink throws end the run with that error', async () => {
    const onOutput = () => {
      throw new Error('disk full');
    };
    await expect(cell.run({ ...shell('> a'), outputs: ['a'] }, { onOutput })).rejects.toThrow('disk full');
    expect(ending(await cell.run(shell('true')))).toEqual(exited(0));
  });
});
