import { describe, expect, it } from 'vitest';
import type { TarEntry } from '../../../support/archives/index.js';
import { unpack } from './unpacking.js';

const ROOT = 'root:x:0:0:root:/root:/bin/sh\n';
const passwd: TarEntry = { name: 'etc/passwd', body: ROOT };

async function accounts(...entries: readonly TarEntry[]): Promise<[string | null, string | null]> {
  const { report } = await unpack(entries, { piece: 700 });
  return [report.passwd, report.group];
}

describe('the accounts of a layer', () => {
  it('are the text of its files', async () => {
    expect(
      await accounts({ name: './etc/passwd', body: ROOT }, { name: '/etc/group', body: 'root:x:0:\n' }),
    ).toEqual([ROOT, 'root:x:0:\n']);
  });

  it('are those of the last file of that name, and may be long, or empty', async () => {
    const long = 'user:x:1:1::/:\n'.repeat(5000);
    expect(await accounts(passwd, { ...passwd, body: long })).toEqual([long, null]);
    expect(await accounts(passwd, { ...passwd, body: '' })).toEqual(['', null]);
  });

  it('are not said when the layer has none', async () => {
    expect(
      await accounts({ name: 'etc/', type: '5' }, { name: 'passwd', body: ROOT }, { name: 'x/etc/passwd' }),
    ).toEqual([null, null]);
  });

  it('are hidden over a quarter of a mebibyte', async () => {
    expect(await accounts({ ...passwd, body: 'x'.repeat(256 * 1024) })).toEqual([
      'x'.repeat(256 * 1024),
      null,
    ]);
    expect(await accounts({ ...passwd, body: 'x'.repeat(256 * 1024 + 1) })).toEqual(['hidden', null]);
  });

  it.each([
    ['a symbolic link', { name: 'etc/passwd', type: '2', link: '/proc/self/environ' }],
    ['a hard link', { name: 'etc/passwd', type: '1', link: 'x' }],
    ['a FIFO', { name: 'etc/passwd', type: '6' }],
    ['a directory', { name: 'etc/passwd', type: '5' }],
    ['a whiteout', { name: 'etc/.wh.passwd' }],
  ])('are hidden when the file is %s', async (_what, entry) => {
    expect(await accounts({ name: 'x', body: 'evil' }, entry)).toEqual(['hidden', null]);
  });

  it.each([
    ['is a symbolic link', { name: 'etc', type: '2', link: 'x' }],
    ['is a file', { name: 'etc' }],
    ['is hidden', { name: '.wh.etc' }],
    ['is opaque', { name: 'etc/.wh..wh..opq' }],
  ])('are hidden when their directory %s', async (_what, entry) => {
    expect(await accounts(entry)).toEqual(['hidden', 'hidden']);
  });

  it('stay when only what lower layers have is hidden', async () => {
    expect(await accounts(passwd, { name: 'etc/.wh.passwd' })).toEqual([ROOT, null]);
    expect(await accounts(passwd, { name: 'etc/.wh..wh..opq' })).toEqual([ROOT, 'hidden']);
    expect(await accounts({ name: '.wh.etc' }, passwd)).toEqual([ROOT, 'hidden']);
  });

  it('go with their directory', async () => {
    expect(await accounts(passwd, { name: 'etc', type: '2', link: 'x' })).toEqual(['hidden', 'hidden']);
  });

  it.each([
    ['etc', 'l/passwd'],
    ['.', 'l/etc'],
    ['/', 'l/etc/passwd'],
    ['/', 'l/.wh.etc'],
    ['/', 'l/etc/.wh..wh..opq'],
  ])('are hidden when a symbolic link to %s lets %s reach them', async (link, name) => {
    expect(await accounts(passwd, { name: 'l', type: '2', link }, { name, body: '' })).toEqual([
      'hidden',
      'hidden',
    ]);
  });

  it('are not touched by a device, which is not made', async () => {
    expect(await accounts(passwd, { name: 'etc/passwd', type: '3' })).toEqual([ROOT, null]);
  });
});
