import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  entry,
  KINDS,
  listTree,
  MTIME,
  tellDirectory,
  tellFile,
  useTrees,
  xattrsOf,
} from '../support/trees.js';

const trees = useTrees();

const mtimeOf = (path: string): bigint => lstatSync(path, { bigint: true }).mtimeNs;
const MTIME_NS = BigInt(MTIME.seconds) * 1_000_000_000n + BigInt(MTIME.nanoseconds);

describe.each(KINDS)('the tree writer %s', (kind) => {
  it('makes every kind of entry, with its owner, mode and times', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellDirectory(tree, '', { mode: 0o750, uid: 3, gid: 4 });
      await tellDirectory(tree, 'etc', { mode: 0o2755, gid: 50 });
      await tellFile(tree, 'etc/passwd', 'root', { uid: 1000, gid: 65_534 });
      await tellFile(tree, 'etc/empty', '', { mode: 0 });
      await tellFile(tree, 'su', 'set', { mode: 0o6755, uid: 33, gid: 44 });
      await tree.symlink({ ...entry('link', { uid: 7, gid: 8 }), target: '/no/such/../place' });
      await tree.hardlink({ path: 'hard', target: 'etc/passwd' });
      await tree.fifo(entry('fifo', { mode: 0o600, uid: 9 }));
      await tree.times('etc', MTIME);
      await tree.times('', MTIME);
    });
    expect(listTree(directory)).toEqual([
      'etc directory 2755 0:50',
      'etc/empty file 0 0:0 ',
      'etc/passwd file 644 1000:65534 root',
      'fifo fifo 600 9:0',
      'hard file 644 1000:65534 root',
      'link -> /no/such/../place',
      'su file 6755 33:44 set',
    ]);
    const top = statSync(directory);
    expect([top.mode & 0o7777, top.uid, top.gid]).toEqual([0o750, 3, 4]);
    const link = lstatSync(join(directory, 'link'));
    expect([link.uid, link.gid]).toEqual([7, 8]);
    expect(statSync(join(directory, 'hard')).ino).toBe(statSync(join(directory, 'etc/passwd')).ino);
    for (const path of ['', 'etc', 'etc/passwd', 'etc/empty', 'su', 'link', 'hard', 'fifo']) {
      expect([path, mtimeOf(join(directory, path))]).toEqual([path, MTIME_NS]);
    }
  });

  it('takes times before 1970 and far after', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellFile(tree, 'old', '', { mtime: { seconds: -1, nanoseconds: 999_999_999 } });
      await tellFile(tree, 'new', '', { mtime: { seconds: 2 ** 33, nanoseconds: 1 } });
    });
    expect(mtimeOf(join(directory, 'old'))).toBe(-1n);
    expect(mtimeOf(join(directory, 'new'))).toBe(2n ** 33n * 1_000_000_000n + 1n);
  });

  it('makes missing parents root’s, also below a directory that gives its group on', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellDirectory(tree, 'shared', { mode: 0o2775, gid: 50 });
      await tellFile(tree, 'shared/a/b/file', 'x', { uid: 5 });
      await tellFile(tree, 'other/file');
    });
    expect(listTree(directory)).toEqual([
      'other directory 755 0:0',
      'other/file file 644 0:0 other/file',
      'shared directory 2775 0:50',
      'shared/a directory 755 0:0',
      'shared/a/b directory 755 0:0',
      'shared/a/b/file file 644 5:0 x',
    ]);
  });

  it('sets extended attributes of files and directories', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async (tree) => {
      await tellFile(tree, 'file', 'x', { mode: 0o400 });
      await tree.xattr({ path: 'file', name: 'user.note', value: Buffer.from('one') });
      await tellDirectory(tree, 'dir', { mode: 0 });
      await tree.xattr({ path: 'dir', name: 'user.a.b', value: Buffer.alloc(1000, 'z') });
      await tree.xattr({ path: '', name: 'user.top', value: Buffer.alloc(0) });
    });
    expect(xattrsOf(join(directory, 'file'))).toEqual({ 'user.note': 'one' });
    expect(xattrsOf(join(directory, 'dir'))).toEqual({ 'user.a.b': 'z'.repeat(1000) });
    expect(xattrsOf(directory)).toEqual({ 'user.top': '' });
    expect(mtimeOf(join(directory, 'file'))).toBe(MTIME_NS);
  });

  it('writes files larger than everything that is buffered, byte for byte', async () => {
    const directory = trees.directory();
    const piece = Buffer.from(
      Uint32Array.from({ length: 300_001 }, (_, index) => index * 2_654_435_761).buffer,
    );
    await trees.write(kind, directory, async (tree) => {
      await tree.file({ ...entry('large'), size: piece.byteLength * 4 });
      for (let at = 0; at < 4; at++) await tree.data(piece);
      await tellFile(tree, 'after');
    });
    const found = readFileSync(join(directory, 'large'));
    expect(found.equals(Buffer.concat([piece, piece, piece, piece]))).toBe(true);
    expect(readFileSync(join(directory, 'after'), 'utf8')).toBe('after');
  });

  it('takes names of every byte', async () => {
    const directory = trees.directory();
    const names = [
      Buffer.from('new\nline'),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from('...'),
      Buffer.from(' '),
      Buffer.from('-rf'),
      Buffer.from('ü'.repeat(127)),
      Buffer.from(Array.from({ length: 254 }, (_, index) => (index + 1 === 0x2f ? 0x30 : index + 1))),
    ];
    await trees.write(kind, directory, async (tree) => {
      for (const path of names) await tree.file({ ...entry(''), path, size: 0 });
    });
    for (const name of names) {
      expect(lstatSync(Buffer.concat([Buffer.from(`${directory}/`), name])).isFile()).toBe(true);
    }
  });

  it('takes paths of 4,095 bytes', async () => {
    const directory = trees.directory();
    const path = `${'d/'.repeat(1920)}${'n'.repeat(255)}`;
    expect(path.length).toBe(4095);
    await trees.write(kind, directory, async (tree) => {
      await tellFile(tree, path, 'deep');
      await tree.symlink({ ...entry('far'), target: 't'.repeat(4095) });
      await tree.hardlink({ path: 'near', target: path });
    });
    expect(readFileSync(join(directory, 'near'), 'utf8')).toBe('deep');
    await trees.writer().remove(trees.place, directory.slice(trees.place.length + 1));
  });

  it('does nothing more than asked when there is nothing to do', async () => {
    const directory = trees.directory();
    await trees.write(kind, directory, async () => undefined);
    expect(listTree(directory)).toEqual([]);
  });
});
