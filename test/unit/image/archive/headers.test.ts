import { describe, expect, it } from 'vitest';
import { base256, paxHeader, paxRecord, TAR_END, tarEntry, tarOf } from '../../../support/archives/index.js';
import { refusal, toldOf, unpack } from './unpacking.js';

const MIB = 1024 * 1024;
const file = { name: 'a', body: 'hello' };

describe('an archive as a whole', () => {
  it('has nothing in it when it is two empty blocks, as an empty layer is', async () => {
    const { report, tree } = await unpack([]);
    expect(tree.told).toEqual(['end']);
    expect(report).toMatchObject({ bytes: 0, entries: 0, passwd: null, group: null });
    expect(report.diffId).toBe('sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef');
  });

  it.each([1, 7, 511, 512, 513, 1000, 4096])('is read the same from pieces of %i bytes', async (piece) => {
    const entries = [
      { name: 'd/', type: '5' },
      {
        name: 'd/x',
        body: 'x'.repeat(5000),
        pax: { path: 'd/é', 'SCHILY.xattr.user.k': Buffer.from([0, 255, 10]) },
      },
      { name: 'l', type: '2', link: 'd', longLink: 'y'.repeat(300) },
      { name: 'empty' },
    ];
    const whole = await unpack(entries);
    const cut = await unpack(entries, { piece, slow: 2 });
    expect(cut.tree.told).toEqual(whole.tree.told);
    expect(cut.tree.contents).toEqual(whole.tree.contents);
    expect(cut.report).toEqual(whole.report);
  });

  it('is refused when it is empty', async () => {
    expect(await refusal(Buffer.alloc(0))).toBe('the archive is empty');
  });

  it('is refused when it is something else', async () => {
    expect(await refusal(Buffer.from('#!/bin/sh\necho hello\n'))).toMatch(/it is truncated/);
    expect(await refusal(Buffer.alloc(2048, 'PK\u0003\u0004'))).toMatch(
      /at byte 0 of the archive: a header is damaged/,
    );
  });

  it('is refused wherever it is truncated', async () => {
    const whole = tarOf([
      { ...file, pax: { mtime: '1.5' } },
      { name: 'b', body: 'x'.repeat(700) },
    ]);
    for (let bytes = 0; bytes < whole.length; bytes += 64) {
      expect(await refusal(whole.subarray(0, bytes))).toMatch(/truncated|empty/);
    }
  });

  it('is refused when something follows its end', async () => {
    expect(await refusal(Buffer.concat([tarOf([file]), Buffer.from('x')]))).toMatch(/trailing garbage/);
    expect(await refusal(Buffer.concat([tarOf([file]), tarOf([{ name: 'b' }])]))).toMatch(/trailing garbage/);
    expect(await refusal(Buffer.concat([tarOf([file]), Buffer.alloc(100_000), Buffer.from('x')]))).toMatch(
      /trailing/,
    );
  });

  it('may be filled up with zeros', async () => {
    expect((await unpack(Buffer.concat([tarOf([file]), Buffer.alloc(9000)]))).told).toHaveLength(1);
  });

  it('is refused when an empty block stands between entries, where some readers stop', async () => {
    expect(await refusal([file, Buffer.alloc(512), { name: 'b' }])).toMatch(
      /an empty block stands between entries/,
    );
  });

  it.each([
    ['gzip', [0x1f, 0x8b]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['a frame that zstd passes over', [0x50, 0x2a, 0x4d, 0x18]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['bzip2', [...Buffer.from('BZh91AY&SY')]],
  ])('is refused when it is one of %s as well, for those who look for that first', async (_, mark) => {
    expect(await refusal([{ name: Buffer.from([...mark, 0x41]) }])).toMatch(
      /the first name is the mark of a compressed file/,
    );
  });

  it('may have a name that begins like a compressed file', async () => {
    expect(await toldOf({ name: 'BZh.txt' }, { name: 'LZIP' })).toEqual(['file BZh.txt', 'file LZIP']);
  });
});

describe('a header', () => {
  it('is refused when its checksum is wrong', async () => {
    const spoil = (header: Buffer): void => {
      header[0] = 0x62;
    };
    expect(await refusal([file, { ...file, spoil }])).toBe(
      'at byte 1024 of the archive: a header is damaged: its checksum is wrong',
    );
  });

  it.each([
    ['size', { size: base256(-1n) }, /size in a header is negative/],
    ['size', { size: base256(-(2n ** 63n)) }, /size in a header is negative|no number/],
    ['size', { size: base256(2n ** 80n) }, /size in a header is no number/],
    ['size', { size: '12x4567\0' }, /size in a header is no number/],
    ['size', { size: '\u0000007\0' }, /size in a header is no number/],
    ['size', { size: '-0000000001\0' }, /size in a header is no number/],
    ['size', { size: '0x10\0' }, /size in a header is no number/],
    ['uid', { uid: base256(-5n, 8) }, /user id in a header is negative/],
    ['gid', { gid: base256(-5n, 8) }, /group id in a header is negative/],
    ['mode', { mode: Buffer.from('rwxr-xr-') }, /mode in a header is no number/],
    ['mtime', { mtime: Buffer.from('yesterday') }, /time in a header is no number/],
  ])('is refused for a senseless %s', async (_field, fields, rule) => {
    expect(await refusal([{ name: 'a', ...fields }])).toMatch(rule);
  });

  it('may leave numbers empty, which is zero', async () => {
    const nothing = Buffer.alloc(8);
    const { tree } = await unpack([
      { name: 'a', mode: nothing, uid: nothing, gid: nothing, mtime: Buffer.alloc(12) },
    ]);
    expect(tree.told[0]).toBe('file a 0 0:0 @0 0');
  });

  it('may have numbers with spaces around them, and full fields', async () => {
    const { told } = await unpack([
      { name: 'a', body: 'hello', size: '         5 \0', mode: Buffer.from('00000644') },
    ]);
    expect(told).toEqual(['file a 644 0:0 @0 5']);
  });

  it('keeps setuid, setgid and sticky bits, and nothing above them', async () => {
    expect(
      (
        await unpack([
          { name: 'su', mode: 0o104755 },
          { name: 't', mode: 0o7777 },
        ])
      ).told,
    ).toEqual(['file su 4755 0:0 @0 0', 'file t 7777 0:0 @0 0']);
  });

  it('may be of times before 1970 and after 2242', async () => {
    const { told } = await unpack([
      { name: 'a', mtime: base256(-1n) },
      { name: 'b', mtime: base256(99_999_999_999n) },
      { name: 'c', pax: { mtime: '1700000000.123456789' } },
      { name: 'd', pax: { mtime: '-1.25' } },
      { name: 'e', pax: { mtime: '-2' } },
      { name: 'f', pax: { mtime: '3.' } },
    ]);
    expect(told.map((line) => line.split(' ')[4])).toEqual([
      '@-1',
      '@99999999999',
      '@1700000000.123456789',
      '@-2.750000000',
      '@-2',
      '@3',
    ]);
  });

  it.each(['V', 'M', 'D', 'N', 'X', 'A', 'I', '7', '9', 's', '\u007f', '\u00ff'])(
    'is refused for the type %j',
    async (type) => {
      expect(await refusal([{ name: 'a', type }])).toMatch(/^entry "a": its type ".+" is unknown/);
    },
  );

  it('takes the oldest form: no type, a directory by its slash', async () => {
    const magic = '\0'.repeat(8);
    expect(await toldOf({ name: 'd/', type: '\0', magic }, { name: 'd/f', type: '\0', magic })).toEqual([
      'directory d',
      'file d/f',
    ]);
  });

  it.each([
    ['an unknown version', 'ustar\u000001'],
    ['no version', 'ustar\0\0\0'],
    ['the prefix of a name in GNU’s format', 'ustar  \0'],
  ])('is refused with a prefix that only some take for one: %s', async (_, magic) => {
    expect(await refusal([{ name: 'etc/passwd', prefix: 'pre', magic }])).toMatch(/a header has a prefix/);
  });

  it('joins the prefix of ustar, and takes none from others', async () => {
    expect(await toldOf({ name: 'c', prefix: 'a/b' })).toEqual([
      'directory a',
      'directory a/b',
      'file a/b/c',
    ]);
    expect(await toldOf({ name: 'c', prefix: '12345670123', magic: 'ustar  \0' })).toEqual(['file c']);
  });
});

describe('sizes', () => {
  it('may be in an extended header when the header has none', async () => {
    const archive = [{ name: 'a', body: 'hello', size: 0, pax: { size: '5' } }, { name: 'b' }];
    expect((await unpack(archive)).told).toEqual(['file a 644 0:0 @0 5', 'file b 644 0:0 @0 0']);
  });

  it('may be the same twice', async () => {
    expect(await toldOf({ ...file, pax: { size: '5' } })).toEqual(['file a']);
  });

  it('are refused when header and extended header disagree, which is how entries are smuggled', async () => {
    const smuggled = tarEntry({ name: 'evil' });
    expect(await refusal([{ name: 'a', body: smuggled, pax: { size: '0' } }])).toMatch(
      /it has two sizes, 512 and 0/,
    );
  });

  it.each(['-1', '1e3', '0x10', ' 5', '5 ', '', '9'.repeat(16), '9007199254740993', 'NaN', '5\n'])(
    'are refused when an extended header says %j',
    async (size) => {
      expect(await refusal([{ name: 'a', size: 0, pax: { size } }])).toMatch(
        /size is no whole number, or too large/,
      );
    },
  );

  it('are refused over the quota before anything is read', async () => {
    const rule = /unpacks to more than 1MiB, which is the most that is allowed/;
    expect(await refusal([{ name: 'a', size: 2 * MIB }], { bytes: MIB })).toMatch(rule);
    expect(await refusal([{ name: 'a', size: base256(2n ** 52n) }], { bytes: MIB })).toMatch(rule);
    expect(await refusal([{ name: 'a', size: 0, pax: { size: String(2 * MIB) } }], { bytes: MIB })).toMatch(
      rule,
    );
    const half = { name: 'a', body: Buffer.alloc(600 * 1024) };
    expect(await refusal([half, half], { bytes: MIB })).toMatch(rule);
  });

  it('count headers and what fills blocks, too', async () => {
    const entries = Array.from({ length: 3000 }, (_, index) => ({ name: `f${index}` }));
    expect(await refusal(entries, { bytes: MIB })).toMatch(/unpacks to more than 1MiB/);
  });

  it.each(['1', '2', '3', '4', '6'])(
    'are refused for an entry of type %s, which has no content',
    async (type) => {
      const link = type === '1' || type === '2' ? 'x' : '';
      expect(await refusal([{ name: 'a', type, link, size: 512, body: Buffer.alloc(512) }])).toMatch(
        /and has a size of 512/,
      );
    },
  );

  it('of directories are a hint that nothing follows', async () => {
    expect(await toldOf({ name: 'd', type: '5', size: 4096 }, { name: 'd/f' })).toEqual([
      'directory d',
      'file d/f',
    ]);
    expect(await refusal([{ name: 'd/', type: '0', size: 512, body: Buffer.alloc(512) }])).toMatch(
      /directory and has a size/,
    );
  });
});

describe('sparse files', () => {
  it('are refused in each of their forms', async () => {
    const rule = /^entry "a": it is a sparse file, which is not supported$/;
    expect(await refusal([{ name: 'a', type: 'S' }])).toMatch(rule);
    expect(await refusal([{ name: 'a', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' } }])).toMatch(
      rule,
    );
    expect(await refusal([{ name: 'a', pax: { 'GNU.sparse.map': '0,1' } }])).toMatch(rule);
  });
});

describe('extended headers', () => {
  it.each([
    ['no length', 'path=x\n'],
    ['a length of zero', '0 path=x\n'],
    ['a length that is too long', '99 path=x\n'],
    ['a length that is too short', '3 path=x\n'],
    ['a length that ends inside', '7 path=x\n'],
    ['a length with a sign', '+9 path=x\n'],
    ['no key', '5 =x\n'],
    ['no equals sign', '7 path\n'],
    ['no newline', '9 path=x '],
    ['NULs at the end', '9 path=x\n\0\0'],
  ])('are refused with %s', async (_what, records) => {
    expect(await refusal([paxHeader(Buffer.from(records)), file])).toMatch(/an extended header is damaged/);
  });

  it('are refused when two of a kind belong to one entry', async () => {
    const pax = paxHeader(paxRecord('path', 'b'));
    expect(await refusal([pax, pax, file])).toMatch(/two extended headers of one kind/);
    expect(await refusal([pax, { ...file, longName: 'c' }])).toMatch(/two long names/);
    const links = { name: 'l', type: '2', link: 'x', longLink: 'y', pax: { linkpath: 'z' } };
    expect(await refusal([links])).toMatch(/two long targets/);
  });

  it('are refused when no entry follows', async () => {
    expect(await refusal([paxHeader(paxRecord('path', 'b'))])).toMatch(/followed by no entry/);
  });

  it('are refused when they are too long to be held in memory', async () => {
    const records = paxRecord('comment', Buffer.alloc(MIB));
    expect(await refusal([paxHeader(records), file])).toMatch(/at most 1048576 are allowed/);
  });

  it('belong to the next entry only', async () => {
    expect(await toldOf({ name: 'x', pax: { path: 'long' } }, { name: 'y' })).toEqual([
      'file long',
      'file y',
    ]);
  });

  it('are read by lengths: a record inside a value is part of that value', async () => {
    const value = 'a\n15 path=evil/y\n';
    const message = await refusal([{ name: 'good', pax: { 'SCHILY.xattr.user.k': value } }]);
    expect(message).toMatch(/two readers of tar read its name differently/);
  });

  it('of which nobody knows the key are passed over', async () => {
    expect(
      await toldOf({
        ...file,
        pax: { comment: 'x', 'LIBARCHIVE.creationtime': '1', ctime: '1', atime: '2' },
      }),
    ).toEqual(['file a']);
  });

  it('may hold the only target of a link', async () => {
    expect(await toldOf({ name: 'l', type: '2', pax: { linkpath: 'ünïcode' } }, { name: 'b' })).toEqual([
      `symlink l -> ${Buffer.from('ünïcode').toString('latin1')}`,
      'file b',
    ]);
  });

  it.each(['uid', 'gid', 'mtime'])('are refused for a senseless %s', async (key) => {
    expect(await refusal([{ name: 'a', pax: { [key]: '1x' } }])).toMatch(/an extended header is damaged/);
  });
});

describe('global headers', () => {
  const globally = (key: string, value: string): Buffer => paxHeader(paxRecord(key, value), 'g');

  it('may have comments, as git writes them', async () => {
    expect(await toldOf(globally('comment', '0123456789abcdef'), file)).toEqual(['file a']);
  });

  it.each(['path', 'linkpath', 'size', 'uid', 'gid', 'mtime', 'SCHILY.xattr.user.a', 'GNU.sparse.size'])(
    'are refused when they set %s of all entries',
    async (key) => {
      expect(await refusal([globally(key, '1'), file])).toMatch(/only comments are allowed there/);
    },
  );

  it('are refused between an entry and its extended header', async () => {
    const pax = paxHeader(paxRecord('path', 'b'));
    expect(await refusal([pax, globally('comment', 'x'), file])).toMatch(/followed by no entry/);
  });
});

describe('a million entries', () => {
  it('are refused early, with little read', async () => {
    const block = tarEntry({ name: 'f' });
    const many = Buffer.concat([...Array.from({ length: 2000 }, () => block), TAR_END]);
    expect(await refusal(many, { entries: 1000 })).toMatch(
      /more than 1000 entries, which is the most that is allowed/,
    );
  });

  it('are as many when most are directories that are only named', async () => {
    expect(await refusal([{ name: `${'d/'.repeat(20)}f` }], { entries: 20 })).toMatch(/more than 20 entries/);
    expect((await unpack([{ name: `${'d/'.repeat(20)}f` }], { quota: { entries: 21 } })).report.entries).toBe(
      21,
    );
  });
});
