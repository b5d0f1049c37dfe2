import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Capture } from '../../../src/collect/capture.js';

function captured(chunks: readonly Uint8Array[], keep = true) {
  const capture = new Capture(keep);
  for (const chunk of chunks) capture.push(chunk);
  return capture.outcome(false);
}

const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));

describe('Capture', () => {
  test.each(['ä€😀', '\uFEFFwith a mark', 'NUL \0 ESC \x1b', ''])(
    'gives %j as text though it is cut between any two bytes',
    (text) => {
      const bytes = Buffer.from(text);
      expect(captured(bytewise(bytes))).toEqual({ text, bytes: bytes.length, truncated: false });
    },
  );

  test.each([[[0xff]], [[0x61, 0xc3]], [[0xe2, 0x82]], [[0xed, 0xa0, 0x80]], [[0xc0, 0x80]]])(
    'gives %j, which is not UTF-8, as base64',
    (bytes) => {
      const base64 = Buffer.from(bytes).toString('base64');
      expect(captured(bytewise(Uint8Array.from(bytes)))).toEqual({
        base64,
        bytes: bytes.length,
        truncated: false,
      });
    },
  );

  test.prop([fc.array(fc.uint8Array())])('loses no byte', (chunks) => {
    const outcome = captured(chunks);
    const bytes = 'text' in outcome ? Buffer.from(outcome.text) : Buffer.from(outcome.base64, 'base64');
    expect(bytes.equals(Buffer.concat(chunks))).toBe(true);
    expect(outcome.bytes).toBe(bytes.length);
  });

  test('counts what it was told not to keep', () => {
    expect(captured([Uint8Array.of(0xff, 1, 2)], false)).toEqual({ text: '', bytes: 3, truncated: false });
  });

  test('says what it was told about more', () => {
    expect(new Capture(true).outcome(true)).toEqual({ text: '', bytes: 0, truncated: true });
  });
});
