import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TreeEncoder } from '../../src/image/tree/index.js';
import { entry, KINDS, listTree, tellDirectory, tellFile, useTrees, xattrsOf } from '../support/trees.js';

const trees = useTrees();

/** What the kernel shows of an upper layer over a lower one, in a mount namespace that ends with the command. */
function overlay(upper: string, lower: string): string[] {
  const at = mkdtempSync(join(tmpdir(), 'merged-'));
  const script =
    'mount -t overlay overlay -o "ro,userxattr,lowerdir=$1:$2" "$3" && cd "$3" && find . -mindepth 1 | LC_ALL=C sort';
  try {
    return execFileSync('unshare', ['-m', 'sh', '-c', script, 'sh', upper, lower, at])
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((path) => path.slice(2));
  } finally {
    rmSync(at, { recursive: true });
  }
}

describe.each(KINDS)('the tree writer %s', (kind) => {
  const merged = async (tell: (tree: TreeEncoder) => Promise<void>): Promise<string[]> => {
    const [lower, upper] = [trees.directory(), trees.directory()];
    await trees.write('as a plain process', lower, async (tree) => {
      await tellFile(tree, 'dir/lower');
      await tellFile(tree, 'dir/sub/lower');
      await tellFile(tree, 'file');
    });
    await trees.write(kind, upper, tell);
    return overlay(upper, lower);
  };

  it('hides a file and a directory of lower layers by a whiteout', async () => {
    const seen = await merged(async (tree) => {
      await tree.whiteout('file');
      await tree.whiteout('dir/sub');
    });
    expect(seen).toEqual(['dir', 'dir/lower']);
  });

  it('hides what lower layers have in an opaque directory', async () => {
    const seen = await merged(async (tree) => {
      await tree.opaque('dir');
      await tellFile(tree, 'dir/own');
    });
    expect(seen).toEqual(['dir', 'dir/own', 'file']);
  });

  it.each([
    [
      'the whiteout first',
      async (tree: TreeEncoder) => {
        await tree.whiteout('dir');
        await tellDirectory(tree, 'dir', { mode: 0o700 });
        await tellFile(tree, 'dir/own');
      },
    ],
    [
      'the whiteout first, and a file without a directory',
      async (tree: TreeEncoder) => {
        await tree.whiteout('dir');
        await tellFile(tree, 'dir/own');
      },
    ],
    [
      'the whiteout last',
      async (tree: TreeEncoder) => {
        await tellDirectory(tree, 'dir', { mode: 0o700 });
        await tellFile(tree, 'dir/own');
        await tree.whiteout('dir');
      },
    ],
    [
      'the whiteout first, and then an opaque marker',
      async (tree: TreeEncoder) => {
        await tree.whiteout('dir');
        await tree.opaque('dir');
        await tellFile(tree, 'dir/own');
      },
    ],
    [
      'the whiteout twice',
      async (tree: TreeEncoder) => {
        await tree.whiteout('dir');
        await tellFile(tree, 'dir/own');
        await tree.whiteout('dir');
      },
    ],
  ])('shows of a directory only what the layer itself has there: %s', async (_, tell) => {
    expect(await merged(tell)).toEqual(['dir', 'dir/own', 'file']);
  });

  it.each(['first', 'last'])(
    'keeps a file, link and FIFO of the layer itself, the whiteout %s',
    async (order) => {
      const directory = trees.directory();
      await trees.write(kind, directory, async (tree) => {
        const hide = async () => {
          for (const name of ['file', 'link', 'fifo', 'hard']) await tree.whiteout(name);
        };
        if (order === 'first') await hide();
        await tellFile(tree, 'file', 'x');
        await tree.symlink({ ...entry('link'), target: 't' });
        await tree.fifo(entry('fifo'));
        await tree.hardlink({ path: 'hard', target: 'file' });
        if (order === 'last') await hide();
      });
      const kinds = ['fifo fifo 644 0:0', 'file file 644 0:0 x', 'hard file 644 0:0 x', 'link -> t'];
      expect(listTree(directory)).toEqual(kinds);
    },
  );

  it('makes the directories that a whiteout is in, and the one that is opaque', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellDirectory(tree, 'shared', { mode: 0o2775, gid: 50 });
      await tree.whiteout('a/b/gone');
      await tree.opaque('shared/c');
      await tree.opaque('');
    });
    expect(listTree(directory)).toEqual([
      'a directory 755 0:0',
      'a/b directory 755 0:0',
      'a/b/gone device 0',
      'shared directory 2775 0:50',
      'shared/c directory 755 0:0',
    ]);
    expect(xattrsOf(join(directory, 'shared/c'))).toEqual({ 'user.overlay.opaque': 'y' });
    expect(xattrsOf(directory)).toEqual({ 'user.overlay.opaque': 'y' });
    expect(xattrsOf(join(directory, 'a'))).toEqual({});
  });

  it('refuses an opaque marker in a file, and below a symlink marks nothing that the link points to', async () => {
    const directory = trees.directory();
    mkdirSync(join(directory, 'real'));
    for (const path of ['file', 'link']) {
      await expect(
        trees.write(kind, directory, async (tree) => {
          await tellFile(tree, 'file');
          await tree.symlink({ ...entry('link'), target: 'real' });
          await tree.opaque(path);
        }),
      ).rejects.toMatchObject({ code: 'bad-archive', message: expect.stringContaining(`"${path}"`) });
    }
    expect(xattrsOf(join(directory, 'real'))).toEqual({});
  });
});
