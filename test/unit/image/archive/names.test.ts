import { describe, expect, it } from 'vitest';
import { refusal, toldOf, unpack } from './unpacking.js';

const long = (bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 200) }, () => 'n'.repeat(199))
    .join('/')
    .slice(0, bytes);

describe('names in a layer', () => {
  it.each(['..', '../a', 'a/..', 'a/../b', 'a/../../b', './../a', '/../a', 'a/b/../../../c'])(
    'refuses %s',
    async (name) => {
      expect(await refusal([{ name }])).toMatch(/^entry "[^"]+": "\.\." is not allowed in a path$/);
    },
  );

  it.each([
    ['/etc/motd', 'etc/motd'],
    ['///etc/motd', 'etc/motd'],
    ['./etc/motd', 'etc/motd'],
    ['etc//motd', 'etc/motd'],
    ['etc/./motd', 'etc/motd'],
    ['/./etc/motd', 'etc/motd'],
  ])('puts %s at %s', async (name, place) => {
    expect(await toldOf({ name: 'etc/', type: '5' }, { name })).toEqual(['directory etc', `file ${place}`]);
  });

  it.each(['C:\\windows', '..a', 'a..', '...', 'a\\..\\b', '~', '-rf', ' ', 'a\nb', '\u202egnp.exe'])(
    'takes %j as the plain name that it is on Linux',
    async (name) => {
      expect(await toldOf({ name })).toEqual([`file ${Buffer.from(name).toString('latin1')}`]);
    },
  );

  it('keeps names apart that only look alike', async () => {
    const names = ['A', 'a', 'é', 'e\u0301'];
    expect(await toldOf(...names.map((name) => ({ name })))).toEqual(
      names.map((name) => `file ${Buffer.from(name).toString('latin1')}`),
    );
  });

  it.each(['ustar', 'pax', 'gnu'] as const)('keeps bytes that are not UTF-8 in a %s header', async (how) => {
    const name = Buffer.from([0x66, 0xff, 0xfe, 0x2f, 0xc3]);
    const entry = {
      ustar: { name },
      pax: { name: 'x', pax: { path: name } },
      gnu: { name: 'x', longName: name },
    }[how];
    expect(await toldOf({ name: Buffer.from([0x66, 0xff, 0xfe]), type: '5' }, entry)).toEqual([
      'directory fÿþ',
      'file fÿþ/Ã',
    ]);
  });

  it('keeps a newline in a name that only fits into an extended header', async () => {
    const name = `${'x'.repeat(120)}\n13 path=evil\n`;
    expect(await toldOf({ name: 'short', pax: { path: name } })).toEqual([`file ${name}`]);
  });

  it('refuses a NUL in an extended header', async () => {
    expect(await refusal([{ name: 'a', pax: { path: 'a\0b' } }])).toMatch(/path is empty or has a NUL/);
    expect(await refusal([{ name: 'a', longName: 'a\0b' }])).toMatch(/something follows its end/);
  });

  it('ends a name in a header at its first NUL, whatever follows', async () => {
    expect(await toldOf({ name: 'a\0../../etc/passwd' })).toEqual(['file a']);
  });

  it('refuses a name that two readers end at different places', async () => {
    expect(await refusal([{ name: 'a\0b\n../c' }])).toMatch(/two readers of tar read its name differently/);
  });

  it('takes names of up to 255 bytes, and paths of up to 4,095', async () => {
    expect(await toldOf({ name: 'x', longName: 'n'.repeat(255) })).toEqual([`file ${'n'.repeat(255)}`]);
    expect(await refusal([{ name: 'x', longName: 'n'.repeat(256) }])).toMatch(
      /has 256 bytes; at most 255 are allowed/,
    );
    const path = long(4095);
    expect((await toldOf({ name: 'x', longName: path })).at(-1)).toBe(`file ${path}`);
    expect(await refusal([{ name: 'x', longName: long(4096) }])).toMatch(
      /path has 4096 bytes; at most 4095 are allowed/,
    );
  });

  it('refuses more names than it keeps in memory', async () => {
    const names = Array.from({ length: 10 }, (_, index) => ({
      name: `${'n'.repeat(98)}${index}`,
      type: '5',
    }));
    expect((await unpack(names, { quota: { nameBytes: 990 } })).report.entries).toBe(10);
    expect(await refusal(names, { nameBytes: 989 })).toMatch(/names in the archive have more than/);
  });

  it('refuses paths that are deeper than the quota', async () => {
    const name = 'd/'.repeat(5);
    expect((await unpack([{ name, type: '5' }], { quota: { depth: 5 } })).report.entries).toBe(5);
    expect(await refusal([{ name, type: '5' }], { depth: 4 })).toMatch(
      /5 directories deep; at most 4 are allowed/,
    );
  });

  it('shows a hostile name escaped and shortened', async () => {
    expect(await refusal([{ name: 'x', longName: `../\u001b[2J\n${'y'.repeat(300)}` }])).toMatch(
      /^entry "\.\.\/\\u001b\[2J\\ny+…" \(\d+ characters\): "\.\." is not allowed/,
    );
  });

  it('refuses a name without anything in it', async () => {
    expect(await refusal([{ name: '' }])).toMatch(/it has no name/);
    expect(await refusal([{ name: 'a', pax: { path: '' } }])).toMatch(/path is empty/);
  });
});

describe('the root of a layer', () => {
  it.each(['./', '.', '/', './/.'])('gets mode, owner and time from the entry %s', async (name) => {
    const { tree } = await unpack([{ name, type: '5', mode: 0o1777, uid: 3, gid: 4, mtime: 5 }]);
    expect(tree.told).toEqual(['directory / 1777 3:4 @5', 'times / @5', 'end']);
  });

  it.each(['0', '1', '2', '3', '6'])('refuses an entry of type %s for it', async (type) => {
    expect(await refusal([{ name: '.', type, link: type === '1' || type === '2' ? 'x' : '' }])).toMatch(
      /it is the root/,
    );
  });
});
