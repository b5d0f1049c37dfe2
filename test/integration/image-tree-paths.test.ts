import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entry, KINDS, listTree, tellDirectory, tellFile, useTrees } from '../support/trees.js';

const trees = useTrees();

describe.each(KINDS)('the tree writer %s', (kind) => {
  /** What it says about a tree that it cannot make. */
  const refusal = async (...[directory, tell]: [string, Parameters<typeof trees.write>[2]]) =>
    await trees.write(kind, directory, tell).then(
      () => 'written',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  describe('with a symlink on the way to an entry', () => {
    it.each(['/', '..', '../../../..', '/..', 'loop/../..', '/proc/self/root', './.'])(
      'stays in the tree: -> %s',
      async (target) => {
        const directory = trees.directory();
        await trees.write(kind, directory, async (tree) => {
          await tellDirectory(tree, 'loop');
          await tellDirectory(tree, 'proc/self/root');
          await tree.symlink({ ...entry('link'), target });
          await tellFile(tree, 'link/canary', 'inside');
          await tellFile(tree, 'link/canaries/one', 'inside');
          await tree.whiteout('link/gone');
        });
        const top = target === '/proc/self/root' ? join(directory, 'proc/self/root') : directory;
        expect(readFileSync(join(top, 'canary'), 'utf8')).toBe('inside');
        expect(readFileSync(join(top, 'canaries/one'), 'utf8')).toBe('inside');
        expect(readdirSync(top)).toContain('gone');
      },
    );

    it('follows one to where it leads in the tree, also a chain and an absolute one', async () => {
      const directory = trees.directory();
      await trees.write(kind, directory, async (tree) => {
        await tellDirectory(tree, 'usr/lib');
        await tree.symlink({ ...entry('lib'), target: 'usr/lib' });
        await tree.symlink({ ...entry('usr/again'), target: '/lib' });
        await tellFile(tree, 'usr/again/new/file', 'x');
        await tree.hardlink({ path: 'same', target: 'lib/new/file' });
      });
      expect(readFileSync(join(directory, 'usr/lib/new/file'), 'utf8')).toBe('x');
      expect(readFileSync(join(directory, 'same'), 'utf8')).toBe('x');
    });

    it('refuses a loop, a dangling one, and one to a file', async () => {
      const refused = async (target: string) =>
        await refusal(trees.directory(), async (tree) => {
          await tellFile(tree, 'file');
          await tree.symlink({ ...entry('link'), target });
          await tellFile(tree, 'link/below');
        });
      expect(await refused('link')).toMatch(
        /^bad-archive: cannot make the directory of "link\/below": .*ELOOP/,
      );
      expect(await refused('/nowhere')).toMatch(/^bad-archive: .*"link\/below": .*ENOENT/);
      expect(await refused('file')).toMatch(/^bad-archive: .*"link\/below": .*ENOTDIR/);
    });

    it('follows none that something else has put in the tree', async () => {
      const directory = trees.directory();
      symlinkSync(trees.place, join(directory, 'out'));
      expect(
        await refusal(directory, async (tree) => {
          await tellFile(tree, 'out/canary', 'changed');
        }),
      ).toMatch(/^bad-archive: cannot make the directory of "out\/canary"/);
    });
  });

  describe('with a symlink where an entry is to be', () => {
    it.each(['/etc/passwd', '../canary', '../canaries', 'real'])('replaces it: -> %s', async (target) => {
      const directory = trees.directory();
      await trees.write(kind, directory, async (tree) => {
        await tellDirectory(tree, 'real');
        for (const name of ['file', 'dir', 'link', 'fifo', 'hard']) {
          await tree.symlink({ ...entry(name), target });
        }
        await tellFile(tree, 'file', 'x', { mode: 0o600, uid: 1 });
        await tellDirectory(tree, 'dir', { mode: 0o700, uid: 1 });
        await tree.symlink({ ...entry('link'), target: 'other' });
        await tree.fifo(entry('fifo', { mode: 0o600, uid: 1 }));
        await tree.hardlink({ path: 'hard', target: 'file' });
        await tellFile(tree, 'dir/below', 'y');
      });
      expect(listTree(directory)).toEqual([
        'dir directory 700 1:0',
        'dir/below file 644 0:0 y',
        'fifo fifo 600 1:0',
        'file file 600 1:0 x',
        'hard file 600 1:0 x',
        'link -> other',
        'real directory 755 0:0',
      ]);
    });

    it('neither sets times nor attributes through it', async () => {
      const directory = trees.directory();
      await trees.write(kind, directory, async (tree) => {
        await tree.symlink({ ...entry('link'), target: '../canary' });
        await tree.times('link', { seconds: 1, nanoseconds: 0 });
        await tree.times('missing/dir', { seconds: 1, nanoseconds: 0 });
      });
      expect(
        await refusal(directory, async (tree) => {
          await tree.xattr({ path: 'link', name: 'user.x', value: Buffer.from('y') });
        }),
      ).toMatch(/^bad-archive: cannot set an extended attribute of "link": .*ENODATA/);
    });
  });

  describe('with a hard link', () => {
    const link = async (...[target, path = 'hard']: [string, string?]) => {
      const directory = trees.directory();
      mkdirSync(join(directory, 'dir'));
      writeFileSync(join(directory, 'dir/file'), 'x');
      symlinkSync('../canary', join(directory, 'out'));
      symlinkSync('..', join(directory, 'up'));
      const said = await refusal(directory, async (tree) => {
        await tree.whiteout('gone');
        await tree.hardlink({ path, target });
      });
      return { said, directory };
    };

    it('to a symlink links to that, and not to what it points to', async () => {
      const { said, directory } = await link('out');
      expect(said).toBe('written');
      expect(listTree(directory)).toContain('hard -> ../canary');
    });

    it.each([
      ['nothing', 'nothing', 'ENOENT'],
      ['what is outside', 'up/canary', 'ENOENT'],
      ['what is outside of where it seems to be', 'up/canaries/one', 'ENOENT'],
      ['a directory', 'dir', 'EPERM'],
      ['something below a file', 'dir/file/x', 'ENOTDIR'],
      ['what a whiteout hides', 'gone', 'ENOENT'],
    ])('to %s is refused', async (_, target, errno) => {
      const { said } = await link(target);
      expect(said).toMatch(/^bad-archive: cannot find the target of the hard link "hard" to "/);
      expect(said).toContain(errno);
    });

    it('to itself changes nothing', async () => {
      const { said, directory } = await link('dir/file', 'dir/file');
      expect(said).toBe('written');
      expect(readFileSync(join(directory, 'dir/file'), 'utf8')).toBe('x');
    });

    it('in place of the directory that its target is in is refused', async () => {
      const { said } = await link('dir/file', 'dir');
      expect(said).toMatch(/^bad-archive: cannot make the hard link "dir" to "dir\/file": .*ENOENT/);
    });
  });

  it('puts a file over a directory with all that is in it, and back', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellFile(tree, 'a/b/c', 'lost');
      await tellFile(tree, 'a/b/d', 'lost');
      await tellFile(tree, 'a', 'file');
      await tellDirectory(tree, 'a', { mode: 0o711 });
      await tellFile(tree, 'a/b', 'new');
      await tellDirectory(tree, 'kept', { mode: 0o700 });
      await tellFile(tree, 'kept/x', 'x');
      await tellDirectory(tree, 'kept', { mode: 0o750, uid: 2 });
    });
    expect(listTree(directory)).toEqual([
      'a directory 711 0:0',
      'a/b file 644 0:0 new',
      'kept directory 750 2:0',
      'kept/x file 644 0:0 x',
    ]);
  });

  it('writes to where a path leads after an entry on the way was replaced', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellFile(tree, 'one/way/first', '1');
      await tellDirectory(tree, 'two/way');
      await tree.symlink({ ...entry('one'), target: 'two' });
      await tellFile(tree, 'one/way/second', '2');
      await tree.symlink({ ...entry('turn'), target: '.' });
      await tellFile(tree, 'turn/turn', 'file');
      expect(
        await refusal(trees.directory(), async (other) => {
          await other.symlink({ ...entry('turn'), target: '.' });
          await tellFile(other, 'turn/turn', 'file');
          await tellFile(other, 'turn/x', 'x');
        }),
      ).toMatch(/^bad-archive: .*"turn\/x": .*ENOTDIR/);
    });
    expect(listTree(directory)).toEqual([
      'one -> two',
      'turn file 644 0:0 file',
      'two directory 755 0:0',
      'two/way directory 755 0:0',
      'two/way/second file 644 0:0 2',
    ]);
  });

  it('refuses an entry below a file', async () => {
    const said = await refusal(trees.directory(), async (tree) => {
      await tellFile(tree, 'file');
      await tellFile(tree, 'file/below');
    });
    expect(said).toMatch(/^bad-archive: cannot make the directory of "file\/below": .*ENOTDIR/);
  });
});
