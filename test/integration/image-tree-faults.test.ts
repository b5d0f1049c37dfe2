import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TreeEncoder } from '../../src/image/tree/index.js';
import { isAlive, sandboxProcesses } from '../support/leaks.js';
import { PlainTree } from '../support/plain-tree.js';
import { entry, tellDirectory, tellFile, useTrees } from '../support/trees.js';

const trees = useTrees();

const MIB = 1024 * 1024;

/** Those in sandboxes: they have the name that they have there. */
function writers() {
  return sandboxProcesses().filter(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/hotcell-launcher\0unpack\0');
    } catch {
      return false; // it has ended
    }
  });
}

const pipes = (): string[] =>
  readdirSync(tmpdir()).filter(
    (name) => name.startsWith('hotcell-tree-') && name.includes(`-${process.pid}-`),
  );

/** A tree under way whose writer runs. */
async function begun(directory: string) {
  const sink = await trees.sink('in its sandbox', directory);
  const tree = new TreeEncoder(sink);
  await tree.file({ ...entry('large'), size: 1024 * MIB });
  await tree.data(Buffer.alloc(3 * MIB));
  const [writer] = writers();
  if (writer === undefined) throw new Error('the writer does not run');
  return { sink, tree, writer };
}

/** Writes until it fails. */
async function floodUntilRefused(tree: TreeEncoder): Promise<never> {
  for (;;) await tree.data(Buffer.alloc(MIB));
}

describe('the tree writer in its sandbox', () => {
  afterEach(() => {
    expect(writers()).toEqual([]);
    expect(pipes()).toEqual([]);
  });

  it('that is killed is a fault, never a tree that is complete', async () => {
    const directory = trees.directory();
    const { tree, writer } = await begun(directory);
    process.kill(writer.pid, 'SIGKILL');
    const fault = {
      code: 'internal',
      message: expect.stringMatching(/tree writer of ".*" was killed \(signal 9\)/),
    };
    await expect(floodUntilRefused(tree)).rejects.toMatchObject(fault);
    await expect(tree.end()).rejects.toMatchObject(fault);
    await trees.writer().remove(trees.place, directory.slice(trees.place.length + 1));
  });

  it('that is killed while its end is awaited is one too', async () => {
    const { tree, sink, writer } = await begun(trees.directory());
    const end = sink.end();
    process.kill(writer.pid, 'SIGKILL');
    await expect(end).rejects.toMatchObject({ code: 'internal' });
    await tree.abort();
  });

  it('is gone with its pipe once it was aborted', async () => {
    const { tree, writer } = await begun(trees.directory());
    await tree.abort();
    expect(isAlive(writer)).toBe(false);
    expect(pipes()).toEqual([]);
    await tree.abort();
    await expect(floodUntilRefused(tree)).rejects.toMatchObject({ code: 'internal' });
  });

  it('is gone once it was aborted at once, and after its end an abort does nothing', async () => {
    await new TreeEncoder(await trees.sink('in its sandbox', trees.directory())).abort();
    const tree = new TreeEncoder(await trees.sink('in its sandbox', trees.directory()));
    await tree.end();
    await tree.abort();
  });

  it('holds back whoever tells it more than it can write', async () => {
    const directory = trees.directory();
    const { tree, writer } = await begun(directory);
    process.kill(writer.pid, 'SIGSTOP');
    let told = 3;
    const telling = (async () => {
      for (; told < 64; told++) await tree.data(Buffer.alloc(MIB));
    })();
    // With nobody to hold it back it would be through in a few turns: nothing in it waits for anything else.
    for (let turn = 0; turn < 2000; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBeLessThan(8);
    process.kill(writer.pid, 'SIGCONT');
    await telling;
    expect(told).toBe(64);
    await tree.abort();
    expect(statSync(join(directory, 'large')).size).toBeGreaterThan(32 * MIB);
  });

  it('tells at once of an entry that it cannot make, while more is told', async () => {
    const tree = new TreeEncoder(await trees.sink('in its sandbox', trees.directory()));
    await tellFile(tree, 'file');
    await tellFile(tree, 'file/below');
    await tree.file({ ...entry('large'), size: 1024 * MIB });
    await expect(floodUntilRefused(tree)).rejects.toMatchObject({
      code: 'bad-archive',
      message: 'cannot make the directory of "file/below": not a directory (ENOTDIR)',
    });
  });

  it('shows names safely in what it says', async () => {
    const tree = new TreeEncoder(await trees.sink('in its sandbox', trees.directory()));
    await tellFile(tree, 'file');
    await tellFile(tree, `file/\u001b[2J\n${'x'.repeat(200)}`);
    await expect(tree.end()).rejects.toMatchObject({
      message: expect.stringMatching(/^[ -~…]+$/),
    });
  });

  it('says that the disk is full, and where', async () => {
    const directory = trees.directory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,nr_inodes=100', 'full', directory]);
    try {
      const tree = new TreeEncoder(await trees.sink('in its sandbox', directory));
      await tree.file({ ...entry('etc/large'), size: 1024 * MIB });
      const full = { code: 'io', message: 'cannot write "etc/large": no space left on device (ENOSPC)' };
      await expect(floodUntilRefused(tree)).rejects.toMatchObject(full);
      await trees.writer().remove(directory, 'etc');
      await expect(
        trees.write('in its sandbox', directory, async (other) => {
          for (let index = 0; index < 100; index++) await tellDirectory(other, `d${index}`);
        }),
      ).rejects.toMatchObject({
        code: 'io',
        message: expect.stringMatching(/^cannot make "d\d+": no space left/),
      });
    } finally {
      execFileSync('umount', [directory]);
    }
  });

  it('says that a file system cannot map owners', async () => {
    await expect(
      trees.write('in its sandbox', '/sys/kernel', async (tree) => await tellFile(tree, 'x')),
    ).rejects.toMatchObject({ code: 'io', hint: expect.stringContaining('map owners') });
  });

  it('says which directory is not there', async () => {
    await expect(
      trees.write('in its sandbox', join(trees.place, 'nothing'), async () => undefined),
    ).rejects.toMatchObject({ message: expect.stringContaining('nothing') });
  });

  it('writes several trees at once', async () => {
    const directories = Array.from({ length: 6 }, () => trees.directory());
    await Promise.all(
      directories.map((directory, index) =>
        trees.write('in its sandbox', directory, async (tree) => {
          for (let at = 0; at < 300; at++) await tellFile(tree, `d${at % 7}/f${at}`, `${index}`.repeat(2000));
        }),
      ),
    );
    for (const [index, directory] of directories.entries()) {
      expect(readFileSync(join(directory, 'd5/f299'), 'utf8')).toBe(`${index}`.repeat(2000));
    }
  });

  it('finds neither processes nor files but its own', async () => {
    const { tree, writer } = await begun(trees.directory());
    const status = readFileSync(`/proc/${writer.pid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID
    expect(['CapEff', 'CapPrm', 'CapBnd'].map((name) => BigInt(`0x${field(name)}`))).toEqual([27n, 27n, 27n]);
    expect(['NoNewPrivs', 'Seccomp', 'Threads'].map(field)).toEqual(['1', '2', '1']);
    const mounts = readFileSync(`/proc/${writer.pid}/mounts`, 'utf8').split('\n').filter(Boolean);
    expect(mounts.map((line) => line.split(' ')[1]).sort()).toEqual(['/', '/input', '/tree']);
    expect(mounts.find((line) => line.includes(' / '))).toMatch(/ ro[, ]/);
    expect(readdirSync(`/proc/${writer.pid}/root`).sort()).toEqual(['hotcell-launcher', 'input', 'tree']);
    await tree.abort();
  });
});

describe('the tree writer as a plain process', () => {
  const sinkOn = (wrap: readonly string[]): TreeEncoder =>
    new TreeEncoder(new PlainTree(trees.directory(), { wrap }));

  it('says that a file may not be larger', async () => {
    const tree = sinkOn(['prlimit', '--fsize=1000']);
    await tellFile(tree, 'dir/file', 'x'.repeat(2000));
    await expect(tree.end()).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^cannot write "dir\/file": .*EFBIG/),
    });
  });

  it('gives a clear error with few descriptors, and needs no more for deep trees', async () => {
    const tree = sinkOn(['prlimit', '--nofile=80']);
    await tellFile(tree, `${'d/'.repeat(500)}file`);
    await tree.remove('d');
    await tree.end();
  });

  it('ends when nobody tells it more', async () => {
    const place = trees.directory();
    mkdirSync(join(place, 'tree'));
    const tree = new PlainTree(join(place, 'tree'));
    tree.finish();
    expect((await tree.ended).code).toBe(1);
    rmdirSync(join(place, 'tree'));
  });
});

// Last, for nothing of this file works without its launcher.
it('says that the launcher was lost in the middle of a tree, and leaves nothing running', async () => {
  const { tree, writer } = await begun(trees.directory());
  process.kill(trees.launcherPid, 'SIGKILL');
  const lost = { code: 'launcher-failed', message: expect.stringMatching(/^lost the tree writer of "/) };
  await expect(floodUntilRefused(tree)).rejects.toMatchObject(lost);
  await expect(tree.end()).rejects.toMatchObject(lost);
  await vi.waitFor(() => expect(isAlive(writer)).toBe(false));
  expect(pipes()).toEqual([]);
});
