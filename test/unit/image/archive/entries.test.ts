import { describe, expect, it } from 'vitest';
import { refusal, toldOf, unpack } from './unpacking.js';

describe('files and directories', () => {
  it('come with mode, owner, time and content', async () => {
    const { tree, report } = await unpack([
      { name: 'd/', type: '5', mode: 0o750, uid: 1, gid: 2, mtime: 3 },
      { name: 'd/f', body: 'hello', mode: 0o600, uid: 4, gid: 5, mtime: 6 },
    ]);
    expect(tree.told).toEqual(['directory d 750 1:2 @3', 'file d/f 600 4:5 @6 5', 'times d @3', 'end']);
    expect(tree.contents.get('d/f')?.toString()).toBe('hello');
    expect(report).toMatchObject({ bytes: 5, entries: 2 });
    expect(tree).toMatchObject({ ended: true, aborted: false });
  });

  it('get the directories that are only named, which belong to root and are of 1970', async () => {
    const { tree } = await unpack([{ name: 'a/b/f', uid: 7 }]);
    expect(tree.told).toEqual([
      'directory a 755 0:0 @0',
      'directory a/b 755 0:0 @0',
      'file a/b/f 644 7:0 @0 0',
      'times a @0',
      'times a/b @0',
      'end',
    ]);
  });

  it('may come twice: the last one counts', async () => {
    const { tree } = await unpack([
      { name: 'd/', type: '5', mtime: 1 },
      { name: 'f', body: 'old' },
      { name: 'f', body: 'new' },
      { name: 'd', type: '5', mode: 0o700, mtime: 2 },
    ]);
    expect(tree.contents.get('f')?.toString()).toBe('new');
    expect(tree.told.slice(-4)).toEqual([
      'file f 644 0:0 @0 3',
      'directory d 700 0:0 @2',
      'times d @2',
      'end',
    ]);
  });

  it('may take each other’s place, and a directory’s content goes with it', async () => {
    const { tree } = await unpack([
      { name: 'x/', type: '5' },
      { name: 'x/y/', type: '5' },
      { name: 'x', body: 'now a file' },
      { name: 'x/', type: '5', mtime: 9 },
    ]);
    expect(tree.told.slice(2)).toEqual([
      'file x 644 0:0 @0 10',
      'directory x 644 0:0 @9',
      'times x @9',
      'end',
    ]);
  });

  it('are refused below a file', async () => {
    expect(await refusal([{ name: 'f' }, { name: 'f/x' }])).toBe('entry "f/x": "f" is no directory');
    expect(await refusal([{ name: 'a/f' }, { name: 'a/f/x/y', type: '5' }])).toMatch(
      /"a\/f" is no directory/,
    );
    expect(await refusal([{ name: 'p', type: '6' }, { name: 'p/x' }])).toMatch(/"p" is no directory/);
  });

  it('are told to the tree when they lie below a symbolic link, which it follows inside the layer', async () => {
    expect(
      await toldOf({ name: 'l', type: '2', link: '/' }, { name: 'l/etc/motd' }, { name: 'l/d', type: '5' }),
    ).toEqual(['symlink l -> /', 'file l/etc/motd', 'directory l/d']);
  });
});

describe('links', () => {
  it('that are symbolic may lead anywhere', async () => {
    for (const link of ['/etc/shadow', '../../..', '.', 'a//b/', '/proc/self/root', 'l']) {
      expect(await toldOf({ name: 'l', type: '2', link })).toEqual([`symlink l -> ${link}`]);
    }
  });

  it('keep owner and time, and long targets', async () => {
    const link = 't'.repeat(4095);
    const { told } = await unpack([
      { name: 'l', type: '2', link: 'x', longLink: link, uid: 5, gid: 6, mtime: 7, mode: 0o777 },
    ]);
    expect(told).toEqual([`symlink l 5:6 @7 -> ${link}`]);
    expect(await refusal([{ name: 'l', type: '2', link: 'x', longLink: `${link}t` }])).toMatch(
      /4096 bytes; at most 4095/,
    );
  });

  it.each(['1', '2'])('of type %s without a target are refused', async (type) => {
    expect(await refusal([{ name: 'l', type }])).toMatch(/its target is empty/);
  });

  it('that are hard lead to what came before, in any spelling', async () => {
    expect(
      await toldOf(
        { name: './a/f' },
        { name: 'h', type: '1', link: '/a/./f' },
        { name: 'i', type: '1', link: 'h' },
        { name: 's', type: '2', link: 'nowhere' },
        { name: 't', type: '1', link: 's' },
      ),
    ).toEqual([
      'directory a',
      'file a/f',
      'hardlink h => a/f',
      'hardlink i => h',
      'symlink s -> nowhere',
      'hardlink t => s',
    ]);
  });

  it.each([
    ['outside', '../../etc/shadow', /"\.\." is not allowed/],
    ['to nothing', 'nothing', /its target "nothing" does not come before it/],
    ['to an absolute path that the layer has not', '/etc/shadow', /"etc\/shadow" does not come before it/],
    ['to a directory', 'd', /its target "d" is a directory/],
    ['to the root', '.', /its target "" is a directory/],
    ['through a symbolic link', 's/passwd', /leads through something that is no directory/],
    ['to itself', 'h', /its target "h" (does not come before|is itself)/],
    ['to a whiteout', 'gone', /its target "gone" is a whiteout/],
    ['to the name of a whiteout', '.wh.gone', /its target is named like a whiteout/],
    ['to what AUFS kept', '.wh..wh.plnk/1.2', /hard link of AUFS, which is not supported/],
  ])('that are hard are refused %s', async (_what, link, rule) => {
    const before = [{ name: 'd/', type: '5' }, { name: 's', type: '2', link: '/etc' }, { name: '.wh.gone' }];
    expect(await refusal([...before, { name: 'h', type: '1', link }])).toMatch(rule);
  });

  it('that are hard are refused when they would replace their own target', async () => {
    expect(await refusal([{ name: 'f' }, { name: 'f', type: '1', link: 'f' }])).toMatch(
      /is itself, or below it/,
    );
    expect(await refusal([{ name: 'd/f' }, { name: 'd', type: '1', link: 'd/f' }])).toMatch(
      /is itself, or below it/,
    );
  });

  it('that are hard are refused when the target has gone with its directory', async () => {
    const gone = [{ name: 'd/f' }, { name: 'd' }, { name: 'h', type: '1', link: 'd/f' }];
    expect(await refusal(gone)).toMatch(/leads through something that is no directory/);
  });
});

describe('what a tree cannot have', () => {
  it('is dropped and counted: devices, and hard links to them', async () => {
    const { report, told } = await unpack([
      { name: 'dev/', type: '5' },
      { name: 'dev/null', type: '3' },
      { name: 'dev/sda', type: '4' },
      { name: 'dev/zero', type: '1', link: 'dev/null' },
    ]);
    expect(told).toEqual(['directory dev 644 0:0 @0']);
    expect(report.dropped).toEqual({ devices: 3, sockets: 0, xattrs: 0, ids: 0 });
  });

  it('does not take the place of what is there, and nothing can lie below it', async () => {
    const { told } = await unpack([
      { name: 'f', body: 'x' },
      { name: 'f', type: '3' },
      { name: 'h', type: '1', link: 'f' },
    ]);
    expect(told).toEqual(['file f 644 0:0 @0 1', 'hardlink h => f']);
    expect(await refusal([{ name: 'n', type: '3' }, { name: 'n/x' }])).toMatch(/"n" is no directory/);
  });

  it('are FIFOs not: they are harmless', async () => {
    expect((await unpack([{ name: 'p', type: '6', mode: 0o600, uid: 1, gid: 1, mtime: 2 }])).told).toEqual([
      'fifo p 600 1:1 @2',
    ]);
  });

  it('are ids out of range, which become nobody', async () => {
    const { report, told } = await unpack([
      { name: 'a', uid: 65534, gid: 65534 },
      { name: 'b', uid: 65535 },
      { name: 'c', gid: 2_000_000 },
      { name: 'd', pax: { uid: '4294967295', gid: '4294967295' } },
    ]);
    expect(told.map((line) => line.split(' ')[3])).toEqual([
      '65534:65534',
      '65534:0',
      '0:65534',
      '65534:65534',
    ]);
    expect(report.dropped.ids).toBe(3);
  });

  it('are extended attributes but those of users', async () => {
    const pax = {
      'SCHILY.xattr.user.mime': 'text',
      'SCHILY.xattr.user.bytes': Buffer.from([0, 10, 61, 255]),
      'SCHILY.xattr.user.overlay.opaque': 'y',
      'SCHILY.xattr.user.overlay.redirect': '/etc',
      'SCHILY.xattr.trusted.overlay.opaque': 'y',
      'SCHILY.xattr.security.capability': Buffer.from([1, 0, 0, 2]),
      'SCHILY.xattr.security.selinux': 'x',
      'SCHILY.xattr.system.posix_acl_access': 'x',
      'SCHILY.xattr.user.': 'x',
      'SCHILY.xattr.': 'x',
      'SCHILY.acl.access': 'user::rwx',
      'LIBARCHIVE.xattr.user.mime': 'dGV4dA',
      'RHT.security.selinux': 'x',
    };
    const { report, told } = await unpack([{ name: 'f', body: 'x', pax }, { name: 'g' }]);
    expect(told).toEqual([
      'file f 644 0:0 @0 1',
      'xattr f user.mime=text',
      'xattr f user.bytes=\u0000\n=ÿ',
      'file g 644 0:0 @0 0',
    ]);
    expect(report.dropped.xattrs).toBe(11);
  });

  it('are attributes of what the kernel allows none for', async () => {
    const pax = { 'SCHILY.xattr.user.k': 'v' };
    const { report, told } = await unpack([
      { name: 'd', type: '5', pax },
      { name: 'l', type: '2', link: 'd', pax },
      { name: 'p', type: '6', pax },
    ]);
    expect(told.filter((line) => line.startsWith('xattr'))).toEqual(['xattr d user.k=v']);
    expect(report.dropped.xattrs).toBe(2);
  });

  it('are more attributes than the quota', async () => {
    const pax = { 'SCHILY.xattr.user.k': 'v'.repeat(100) };
    expect(await refusal([{ name: 'f', pax }], { xattrBytes: 100 })).toMatch(
      /106 bytes of extended attributes; at most 100/,
    );
  });
});
