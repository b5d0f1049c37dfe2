import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobFile, Stdin } from '../../../src/spec/index.js';
import { jobWith, problemsWith } from './support.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const files = (given: Record<string, unknown>): readonly JobFile[] => jobWith({ files: given }).files;
const problems = (given: unknown): string[] => problemsWith({ files: given });

describe('files', () => {
  it('are resolved to bytes or an absolute host path, in order', () => {
    expect(
      files({
        'b.txt': { content: 'é' },
        './a//c.bin': { base64: 'AP8=\n', mode: '0755' },
        '/opt/x': { path: '/etc/hosts', mode: 0o600 },
        raw: { content: new Uint8Array([1, 2]) },
      }),
    ).toEqual([
      { dest: 'b.txt', source: { kind: 'bytes', bytes: bytesOf('é') }, mode: null },
      { dest: 'a/c.bin', source: { kind: 'bytes', bytes: new Uint8Array([0, 255]) }, mode: 0o755 },
      { dest: '/opt/x', source: { kind: 'path', path: '/etc/hosts' }, mode: 0o600 },
      { dest: 'raw', source: { kind: 'bytes', bytes: new Uint8Array([1, 2]) }, mode: null },
    ]);
  });

  it('may be empty', () => {
    expect(files({ a: { content: '' } })).toEqual([
      { dest: 'a', source: { kind: 'bytes', bytes: new Uint8Array() }, mode: null },
    ]);
  });

  // attacks.md A9 and E4
  it.each([
    [{ '../x': { content: '' } }, 'files["../x"]: "../x" contains ".."; write the path without it'],
    [
      { '/a/../../x': { content: '' } },
      'files["/a/../../x"]: "/a/../../x" contains ".."; write the path without it',
    ],
    [{ 'a/..': { content: '' } }, 'files["a/.."]: "a/.." contains ".."; write the path without it'],
    [{ '': { content: '' } }, 'files[""]: "" is empty; use 1 to 4095 characters'],
    [{ '.': { content: '' } }, 'files["."]: "." names no file'],
    [{ '/': { content: '' } }, 'files["/"]: "/" names no file'],
    [{ 'a/': { content: '' } }, 'files["a/"]: "a/" names no file'],
    [{ 'a/.': { content: '' } }, 'files["a/."]: "a/." names no file'],
    [
      { 'a\0b': { content: '' } },
      'files["a\\u0000b"]: "a\\u0000b" contains a NUL character; use printable characters only',
    ],
    [
      { 'a\nb': { content: '' } },
      'files["a\\nb"]: "a\\nb" contains a newline; use printable characters only',
    ],
    [{ ['x'.repeat(256)]: { content: '' } }, expect.stringMatching(/has a part of 256 bytes; at most 255$/)],
    [{ a: { content: '' }, './a': { content: '' } }, 'files.a: "/box/a" is given twice'],
    [{ a: { content: '' }, '/box/a': { content: '' } }, 'files["/box/a"]: "/box/a" is given twice'],
    [
      { a: { content: '' }, 'a/b/c': { content: '' } },
      'files["a/b/c"]: lies below "/box/a", which is a file too',
    ],
    [
      { 'a/b': { content: '' }, 'a-b': { content: '' }, a: { content: '' } },
      'files["a/b"]: lies below "/box/a", which is a file too',
    ],
    [{ a: {} }, 'files.a: is missing a source; use one of content, base64, path'],
    [{ a: { content: '', path: '/x' } }, 'files.a: has content and path; use only one of them'],
    [{ a: { contnet: '' } }, 'files.a.contnet: unknown key; did you mean "content"?'],
    [{ a: { src: '/x' } }, 'files.a.src: unknown key; did you mean "path"?'],
    [{ a: { content: 5 } }, 'files.a.content: 5 is not content; use text, or bytes as a Uint8Array'],
    [
      { a: { content: '\ud800' } },
      'files.a.content: contains half of a surrogate pair, which has no UTF-8 form',
    ],
    [{ a: { base64: 'AP8' } }, 'files.a.base64: "AP8" is not base64 with padding'],
    [{ a: { base64: '<!>=' } }, 'files.a.base64: "<!>=" is not base64 with padding'],
    [{ a: { path: '' } }, 'files.a.path: "" is empty; use 1 to 4095 characters'],
    [
      { a: { path: '/x\0y' } },
      'files.a.path: "/x\\u0000y" contains a NUL character; use printable characters only',
    ],
    [
      { a: { content: '', mode: 755 } },
      'files.a.mode: 755 is not a mode; use octal text from "0" to "0777"; did you mean "0755"?',
    ],
    [
      { a: { content: '', mode: '4755' } },
      'files.a.mode: "4755" is not a mode; use octal text from "0" to "0777"',
    ],
    [{ a: 'text' }, 'files.a: "text" is not an object'],
    [['a'], 'files: is not an object; write { "name": { content: "…" } }'],
  ])('refuses %j', (given, line) => {
    expect(problems(given)).toEqual([line]);
  });

  it('are bounded in number', () => {
    const many = Object.fromEntries(
      Array.from({ length: 4097 }, (_, index) => [`f${index}`, { content: '' }]),
    );
    expect(problems(many)).toEqual(['files: 4097 files; at most 4096']);
  });

  it('are bounded in size, each and together', () => {
    const half = new Uint8Array(33 * 1024 ** 2);
    expect(problems({ a: { content: new Uint8Array(64 * 1024 ** 2 + 1) } })).toEqual([
      'files.a.content: 67108865 bytes; at most 67108864 inside a job, use { path } for more',
    ]);
    expect(problems({ a: { content: half }, b: { content: half } })).toEqual([
      'files: with stdin 69206016 bytes inside the job; at most 67108864, use { path } for more',
    ]);
  });

  it('carry any bytes through base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const [file] = files({ a: { base64: Buffer.from(bytes).toString('base64') } });
        expect(file?.source).toEqual({ kind: 'bytes', bytes: new Uint8Array(bytes) });
      }),
    );
  });

  it('never leave the workdir by a relative name', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab./\n\0é ')) }), (name) => {
        const lines = problemsWith({ files: { [name]: { content: '' } } });
        if (lines.length > 0) return;
        const [file] = files({ [name]: { content: '' } });
        expect(file?.dest.split('/')).not.toContain('..');
        expect(file?.dest).not.toBe('');
        expect(file?.dest.startsWith('/')).toBe(name.startsWith('/'));
      }),
    );
  });
});

describe('stdin', () => {
  const stdin = (given: unknown): Stdin => jobWith({ stdin: given }).stdin;

  it.each([
    [undefined, { kind: 'empty' }],
    ['', { kind: 'empty' }],
    [new Uint8Array(), { kind: 'empty' }],
    ['1 2\n', { kind: 'bytes', bytes: bytesOf('1 2\n') }],
    [new Uint8Array([0, 255]), { kind: 'bytes', bytes: new Uint8Array([0, 255]) }],
    [{ base64: 'AP8=' }, { kind: 'bytes', bytes: new Uint8Array([0, 255]) }],
    [{ base64: '' }, { kind: 'empty' }],
    [{ path: '/in' }, { kind: 'path', path: '/in' }],
    [{ stream: true }, { kind: 'stream' }],
  ])('reads %j', (given, resolved) => {
    expect(stdin(given)).toEqual(resolved);
  });

  it.each([
    [5, 'stdin: 5 is not an input; use text, bytes, { path }, { base64 } or { stream: true }'],
    [null, 'stdin: null is not an input; use text, bytes, { path }, { base64 } or { stream: true }'],
    [['x'], 'stdin: a list of 1 is not an input; use text, bytes, { path }, { base64 } or { stream: true }'],
    [{}, 'stdin: is missing a source; use one of path, base64, stream'],
    [{ pth: '/x' }, 'stdin.pth: unknown key; did you mean "path"?'],
    [{ stream: false }, 'stdin.stream: false is not allowed; use true'],
    [{ path: '/x', stream: true }, 'stdin: has path and stream; use only one of them'],
    ['\udfff', 'stdin: contains half of a surrogate pair, which has no UTF-8 form'],
  ])('refuses %j', (given, line) => {
    expect(problemsWith({ stdin: given })).toEqual([line]);
  });
});
