import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entry, KINDS, listTree, tellDirectory, tellFile, useTrees } from '../support/trees.js';

const trees = useTrees();

/** So deep that no path reaches its end: each symlink stands for a few hundred directories. */
async function makeDeep(directory: string, links: number): Promise<void> {
  const some = `${'d/'.repeat(1000)}d`;
  await trees.write('in its sandbox', directory, async (tree) => {
    for (let index = 0; index < links; index++) {
      const from = index === 0 ? 'deep' : `link${index - 1}`;
      await tellFile(tree, `${from}/${some}/file`, 'x');
      await tree.symlink({ ...entry(`link${index}`), target: `${from}/${some}` });
    }
  });
}

describe('removing a tree', () => {
  const remove = async (directory: string): Promise<void> =>
    await trees.writer().remove(trees.place, basename(directory));

  it('takes everything with it, whatever its name and mode', async () => {
    const directory = trees.directory();
    await trees.write('in its sandbox', directory, async (tree) => {
      await tellDirectory(tree, 'closed', { mode: 0, uid: 1000 });
      await tellFile(tree, 'closed/file', 'x', { mode: 0, uid: 1 });
      await tellDirectory(tree, 'sticky', { mode: 0o1777, uid: 7 });
      await tellFile(tree, 'sticky/file', 'x', { uid: 8 });
      await tellFile(tree, 'su', 'x', { mode: 0o6755 });
      await tree.fifo(entry('fifo'));
      await tree.whiteout('gone');
      await tree.opaque('opaque');
      for (const name of ['new\nline', '-rf', '*', ' ', 'hotcell-moved-0', '...'])
        await tellFile(tree, `odd/${name}`);
      await tree.file({ ...entry(''), path: Buffer.from([0xff, 0xfe]), size: 0 });
    });
    await remove(directory);
    expect(existsSync(directory)).toBe(false);
  });

  it('removes symlinks and hard links, and never what they point to', async () => {
    const directory = trees.directory();
    mkdirSync(join(directory, 'a'));
    symlinkSync(trees.place, join(directory, 'a/place'));
    symlinkSync(join(trees.place, 'canary'), join(directory, 'canary'));
    symlinkSync('..', join(directory, 'up'));
    linkSync(join(trees.place, 'canary'), join(directory, 'hard'));
    await remove(directory);
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(join(trees.place, 'canaries'))).toEqual(['one']);
    expect(readFileSync(join(trees.place, 'canary'), 'utf8')).not.toBe('');
  });

  it('removes a file, a symlink to a directory and nothing at all', async () => {
    const directory = trees.directory();
    mkdirSync(join(directory, 'kept'));
    writeFileSync(join(directory, 'kept/x'), '');
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('kept', join(directory, 'link'));
    for (const name of ['file', 'link', 'nothing']) await trees.writer().remove(directory, name);
    expect(listTree(directory).map((line) => line.split(' ')[0])).toEqual(['kept', 'kept/x']);
  });

  it('removes more entries than one look at a directory gives', async () => {
    const directory = trees.directory();
    for (let index = 0; index < 3000; index++) mkdirSync(join(directory, `${index}`.padStart(100, 'x')));
    for (let index = 0; index < 3000; index++) writeFileSync(join(directory, `file${index}`), '');
    await remove(directory);
    expect(existsSync(directory)).toBe(false);
  });

  it('removes 10,000 directories one in the other, with names in the way', async () => {
    const directory = trees.directory();
    await makeDeep(directory, 10);
    for (const name of ['hotcell-moved-1', 'hotcell-moved-2']) writeFileSync(join(directory, name), '');
    mkdirSync(join(directory, 'hotcell-moved-3/full'), { recursive: true });
    mkdirSync(join(directory, 'hotcell-moved-4'));
    await remove(directory);
    expect(existsSync(directory)).toBe(false);
  });

  it.each(KINDS)('replaces a deep directory by a file: %s', async (kind) => {
    const directory = trees.directory();
    await makeDeep(directory, 2);
    await trees.write(kind, directory, async (tree) => await tellFile(tree, 'deep', 'file'));
    expect(readFileSync(join(directory, 'deep'), 'utf8')).toBe('file');
  });

  it('names what it cannot remove', async () => {
    const directory = trees.directory();
    mkdirSync(join(directory, 'stuck'));
    writeFileSync(join(directory, 'stuck/immutable'), '');
    chmodSync(join(directory, 'stuck'), 0o700);
    execFileSync('chattr', ['+i', join(directory, 'stuck/immutable')]);
    try {
      await expect(trees.writer().remove(directory, 'stuck')).rejects.toMatchObject({
        code: 'io',
        message: 'cannot remove "stuck": operation not permitted (EPERM)',
      });
    } finally {
      execFileSync('chattr', ['-i', join(directory, 'stuck/immutable')]);
    }
    expect(readdirSync(join(directory, 'stuck'))).toEqual(['immutable']);
  });

  it.each(['', '.', '..', 'a/../..', '/etc'])('refuses a name that is none: %j', async (name) => {
    const directory = trees.directory();
    await expect(trees.writer().remove(directory, name)).rejects.toMatchObject({ code: 'internal' });
    expect(existsSync(directory)).toBe(true);
  });
});
