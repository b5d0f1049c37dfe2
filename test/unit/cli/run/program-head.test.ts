import { describe, expect, it } from 'vitest';
import { explainHead, type Refusal } from '../../../../src/cli/run/program-head.js';

/** A 64-bit little-endian ELF file with one program header, for the loader if there is one. */
function elf(loader: string | null): Buffer {
  const file = Buffer.alloc(200);
  file.write('\u007fELF\u0002\u0001', 'latin1');
  file.writeBigUInt64LE(64n, 0x20);
  file.writeUInt16LE(56, 0x36);
  file.writeUInt16LE(1, 0x38);
  file.writeUInt32LE(loader === null ? 1 : 3, 64);
  file.writeBigUInt64LE(120n, 72);
  file.writeBigUInt64LE(BigInt((loader?.length ?? 0) + 1), 96);
  file.write(loader ?? '', 120, 'latin1');
  return file;
}

describe('why a file was not run', () => {
  const cases: readonly [string | Buffer, Refusal, string | null][] = [
    ['#!/no/such\n', 'missing', 'its interpreter /no/such does not exist in the sandbox'],
    ['#! \t/no/such -x y\necho', 'missing', 'its interpreter /no/such does not exist in the sandbox'],
    ['#!/no/such', 'missing', 'its interpreter /no/such does not exist in the sandbox'],
    [
      '#!/bin/sh\r\necho\r\n',
      'missing',
      'its interpreter /bin/sh\r does not exist: its lines end in CR LF; use LF alone',
    ],
    ['#!/etc/passwd\n', 'denied', 'its interpreter /etc/passwd cannot be executed'],
    ['#!\n/bin/sh', 'format', 'its "#!" line names no interpreter'],
    ['#!', 'format', 'its "#!" line names no interpreter'],
    ['#!/bin/sh\n', 'format', null],
    ['echo hello\n', 'format', 'not a program (no "#!" line, not ELF)'],
    ['', 'format', 'not a program (it is empty)'],
    ['', 'missing', null],
    ['echo', 'denied', null],
    [elf('/lib/ld.so'), 'missing', 'its loader /lib/ld.so does not exist in the sandbox'],
    [elf('/lib/ld.so'), 'format', 'an ELF file for another machine, or a damaged one'],
    [elf('/lib/ld.so'), 'denied', null],
    [elf(null), 'missing', null],
    ['\u007fELF', 'missing', null],
    [elf('/lib/ld.so').subarray(0, 100), 'missing', null],
  ];

  it.each(cases)('%j, %s: %s', (head, refusal, expected) => {
    expect(explainHead(Buffer.from(head as string), refusal)).toBe(expected);
  });

  it('is never an error, whatever the header says', () => {
    for (let at = 0; at < 128; at++) {
      const file = elf('/lib/ld.so');
      file.fill(0xff, at, at + 8);
      expect(() => explainHead(file, 'missing')).not.toThrow();
    }
  });
});
