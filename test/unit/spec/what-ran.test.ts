import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { whatRan } from '../../../src/spec/index.js';
import { inputSchema } from '../../../src/spec/what-ran.js';

const inputOf = (bytes: Uint8Array) => whatRan({ command: ['a'], stdin: { kind: 'bytes', bytes } }).input;
const text = (written: string) => inputOf(new TextEncoder().encode(written));

describe('what an outcome says of its program', () => {
  it('is the command with all its arguments', () => {
    const command = ['./a b', '', '-x', '\u001b[31m'];
    expect(whatRan({ command, stdin: { kind: 'empty' } })).toEqual({ command, input: null });
    expect(whatRan({ command: null, stdin: { kind: 'stream' } })).toEqual({ command: null, input: null });
  });

  it.each([
    ['one long argument', ['a', 'x'.repeat(100_000)]],
    ['many arguments', Array.from({ length: 100_000 }, () => 'ab')],
    ['many empty ones', Array.from({ length: 100_000 }, () => '')],
    ['what would be cut within a character', ['a', '\u{1f600}'.repeat(5000)]],
  ])('is bounded: %s', (_what, command) => {
    const shown = whatRan({ command, stdin: { kind: 'empty' } }).command ?? [];
    expect(shown.length).toBeLessThan(5000);
    expect(shown.join('').length).toBeLessThan(4200);
    expect(shown.at(-1)).toMatch(/…$/);
    expect(shown.join('')).not.toMatch(/\p{Cs}/u);
  });

  it('is the input, or its beginning, or where it is', () => {
    expect(text('1 2\n')).toEqual({ text: '1 2\n', bytes: 4, truncated: false });
    expect(text(`${'x'.repeat(1023)}é and more`)).toEqual({
      text: 'x'.repeat(1023),
      bytes: 1034,
      truncated: true,
    });
    expect(inputOf(Uint8Array.of(0xff, 0xfe))).toEqual({ base64: '//4=', bytes: 2, truncated: false });
    expect(text('\ufeffx')).toMatchObject({ text: '\ufeffx' });
    expect(whatRan({ command: ['a'], stdin: { kind: 'path', path: '/in' } }).input).toEqual({ path: '/in' });
  });

  test.prop([fc.uint8Array({ maxLength: 3000 })])('fits its schema, whatever the bytes are', (bytes) => {
    const input = inputOf(bytes);
    expect(inputSchema.parse(input)).toEqual(input);
    expect(JSON.stringify(input).length).toBeLessThan(8000);
  });
});
