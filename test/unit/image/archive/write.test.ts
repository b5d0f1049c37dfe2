import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type WritableEntry, writeTar } from '../../../../src/image/archive/index.js';
import { collect, sha256 } from '../../../support/archives/index.js';
import { unpack } from './unpacking.js';

const file = (path: string, body: string): WritableEntry => {
  return { type: 'file', path, size: body.length, content: [Buffer.from(body)] };
};

const written = (...entries: readonly WritableEntry[]): Promise<Buffer> => collect(writeTar(entries));

describe('writing a tar', () => {
  it('gives the same bytes at any time and place', async () => {
    const bytes = await written({ type: 'directory', path: 'blobs' }, file('blobs/a', 'hello'), {
      type: 'symlink',
      path: 'l',
      target: 'blobs/a',
    });
    expect(sha256(bytes)).toBe('55dfef3b6abc0b7a2ecea175c65cf7712851ea4a77162af23a474a8e6ee9e2bb');
  });

  it('is read by tar(1), long names and all', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'ü'.repeat(90)}`;
    const bytes = await written(
      { type: 'directory', path: 'a' },
      file('a/f', 'hello'),
      file(long, 'x'),
      { type: 'hardlink', path: 'h', target: 'a/f' },
      { type: 'symlink', path: 's', target: long },
    );
    const listed = execFileSync('tar', ['-tf', '-', '--quoting-style=literal'], {
      input: bytes,
      encoding: 'utf8',
    });
    expect(listed.trimEnd().split('\n')).toEqual(['a/', 'a/f', long, 'h', 's']);
    expect((await unpack(bytes)).told).toHaveLength(7);
  });

  it('may have no entries', async () => {
    expect(await written()).toEqual(Buffer.alloc(1024));
  });

  it('takes entries and contents as they come', async () => {
    async function* content(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 3; index++) yield Buffer.alloc(500, 'x');
    }
    async function* entries(): AsyncGenerator<WritableEntry> {
      yield { type: 'file', path: 'f', size: 1500, content: content() };
    }
    const { tree } = await unpack(await collect(writeTar(entries())));
    expect(tree.contents.get('f')?.toString()).toBe('x'.repeat(1500));
  });

  it('has room for files that octal digits cannot count', async () => {
    const size = 9 * 1024 ** 3;
    const chunks = writeTar([{ type: 'file', path: 'f', size, content: [] }]);
    const { value } = await chunks.next();
    expect((value as Buffer).toString('latin1')).toContain(` size=${size}\n`);
    await expect(chunks.next()).rejects.toMatchObject({
      code: 'io',
      message: `"f" should have ${size} bytes, and has 0`,
    });
  });

  it.each(['hell', 'hello!'])('fails when a content is not as long as was said: %s', async (body) => {
    await expect(
      written({ type: 'file', path: 'f', size: 5, content: [Buffer.from(body)] }),
    ).rejects.toMatchObject({
      code: 'io',
    });
  });
});
