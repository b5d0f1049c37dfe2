import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/spec/index.js';
import { Recording } from '../../../src/worker/recording.js';

/** The outcome of a run that kept nothing itself. */
const ran = (bytes: number, truncated = false): Outcome =>
  ({ stdout: { text: '', bytes, truncated }, stderr: { text: '', bytes: 0, truncated: false } }) as Outcome;

function kept(bytes: Uint8Array, captureBytes: number): Outcome['stdout'] {
  const recording = new Recording();
  void recording.options.onStdout?.(bytes);
  return recording.fill(ran(bytes.length), captureBytes).stdout;
}

describe('what an outcome keeps of a stream', () => {
  test('is everything that fits, and the true count of bytes', () => {
    expect(kept(Buffer.from('abc'), 3)).toEqual({ text: 'abc', bytes: 3, truncated: false });
    expect(kept(Buffer.from('abcdef'), 3)).toEqual({ text: 'abc', bytes: 6, truncated: false });
    expect(kept(Buffer.from('abc'), 0)).toEqual({ text: '', bytes: 3, truncated: false });
  });

  test('does not say truncated unless the program wrote more than it may', () => {
    const recording = new Recording();
    void recording.options.onStdout?.(Buffer.from('abcdef'));
    expect(recording.fill(ran(6, true), 2).stdout).toEqual({ text: 'ab', bytes: 6, truncated: true });
  });

  test('is text whenever the whole is, however it is cut', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.nat(60), (text, max) => {
      const stream = kept(Buffer.from(text), max);
      expect('text' in stream && text.startsWith(stream.text)).toBe(true);
      const length = 'text' in stream ? Buffer.byteLength(stream.text) : 0;
      expect(length).toBeLessThanOrEqual(max);
      expect(length).toBeGreaterThan(Math.min(max, Buffer.byteLength(text)) - 4);
    });
    fc.assert(property);
  });

  test('is base64 when it is no UTF-8', () => {
    expect(kept(Uint8Array.of(0xff, 0x80, 0x80, 0x80, 0x80), 4)).toMatchObject({ base64: '/4CAgA==' });
    expect(kept(Uint8Array.of(0x80, 0x80, 0x80), 2)).toMatchObject({ base64: 'gIA=' });
  });

  test('is all that was compared, whatever is kept', () => {
    const recording = new Recording();
    for (const part of ['a', 'b', 'c']) void recording.options.onStderr?.(Buffer.from(part));
    recording.fill(ran(0), 1);
    expect(recording.stderr.toString()).toBe('abc');
  });
});

describe('the name of what was copied out', () => {
  test('is as the job has it, wherever its workdir was', () => {
    const names: string[] = [];
    const recording = new Recording(['out', '/abs/dir', 'deep/dir'], (name) => void names.push(name));
    const copied = (output: number, kind: 'file' | 'directory', path: string) =>
      recording.options.onOutput?.({ kind, path, output, mode: 0o644, bytes: new Uint8Array() });
    void copied(0, 'file', '/tmp/hotcell-box-x/out');
    void copied(1, 'directory', '/abs/dir');
    void copied(1, 'directory', '/abs/dir/sub');
    void copied(1, 'file', '/abs/dir/sub/f');
    void copied(2, 'directory', '/box/deep/dir');
    void copied(2, 'file', '/box/deep/dir/g');
    expect(names).toEqual(['out', '/abs/dir/sub/f', 'deep/dir/g']);
  });
});
