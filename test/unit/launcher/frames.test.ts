import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { FrameDecoder, writeFrame } from '../../../src/launcher/frames.js';
import { protocolLimits } from '../../../src/launcher/protocol-table.js';
import { codeOf } from './support.js';

interface Message {
  readonly type: number;
  readonly id: number;
  readonly payload: readonly number[];
}

const u32 = fc.nat(0xff_ff_ff_ff);
const message = fc.record({ type: u32, id: u32, payload: fc.array(fc.nat(255), { maxLength: 50 }) });

const encode = ({ type, id, payload }: Message): Buffer =>
  writeFrame(type, id, (to) => to.raw(Uint8Array.from(payload)));

function decode(chunks: Iterable<Buffer>): Message[] {
  const decoder = new FrameDecoder();
  return [...chunks].flatMap((chunk) =>
    [...decoder.push(chunk)].map(({ type, id, payload }) => ({ type, id, payload: [...payload] })),
  );
}

/** Cut at each of the places, in whatever order and however often they are named. */
function split(whole: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, index) => whole.subarray(at[index], end));
}

describe('FrameDecoder', () => {
  test.prop([fc.array(message), fc.array(fc.nat(10_000))])(
    'gives the same frames however the stream is split',
    (messages, places) => {
      expect(decode(split(Buffer.concat(messages.map(encode)), places))).toEqual(messages);
    },
  );

  test('gives each frame with its last byte and not before', () => {
    const decoder = new FrameDecoder();
    const frame = encode({ type: 70, id: 3, payload: [1, 2, 3] });
    const given = [...frame].map((byte) => [...decoder.push(Buffer.from([byte]))].length);
    expect(given).toEqual([...Array(frame.length - 1).fill(0), 1]);
  });

  test('takes a frame of the largest size in many pieces', () => {
    const payload = Buffer.alloc(protocolLimits.frameMaxBytes, 7);
    const decoder = new FrameDecoder();
    const whole = writeFrame(1, 2, (to) => to.raw(payload));
    const frames = split(
      whole,
      Array.from({ length: 300 }, (_, i) => i * 65_536),
    ).flatMap((chunk) => [...decoder.push(chunk)]);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.payload.equals(payload)).toBe(true);
  });

  test('refuses a larger one when only its header is there, after the good ones before it', () => {
    const header = Buffer.alloc(protocolLimits.frameHeaderBytes);
    header.writeUInt32LE(protocolLimits.frameMaxBytes + 1);
    const frames = new FrameDecoder().push(Buffer.concat([encode({ type: 1, id: 0, payload: [] }), header]));
    expect(frames.next().value).toMatchObject({ type: 1, id: 0 });
    expect(codeOf(() => frames.next())).toBe('protocol-error');
  });
});

describe('writeFrame', () => {
  test('is size, type, id, payload', () => {
    expect(encode({ type: 4, id: 0x01_02_03_04, payload: [9] }).toString('hex')).toBe(
      '01000000' + '04000000' + '0403020109',
    );
  });

  test('refuses more than a frame holds as a job that is too large', () => {
    const tooMuch = new Uint8Array(protocolLimits.frameMaxBytes + 1);
    expect(codeOf(() => writeFrame(4, 1, (to) => to.raw(tooMuch)))).toBe('invalid-spec');
  });

  test('is not what another frame was, whose writing failed', () => {
    expect(codeOf(() => writeFrame(4, 1, (to) => to.u32(7).string('\0')))).toBe('internal');
    expect(encode({ type: 1, id: 0, payload: [] }).toString('hex')).toBe('000000000100000000000000');
  });
});
