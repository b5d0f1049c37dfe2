import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTmpfs } from '../../../src/spec/index.js';
import { jobWith, problemsOf, problemsWith } from './support.js';

describe('parseTmpfs', () => {
  it.each([
    ['/x', { target: '/x', sizeBytes: null, mode: 0o1777 }],
    ['/x/:size=64m', { target: '/x', sizeBytes: 64 * 1024 ** 2, mode: 0o1777 }],
    ['/x:size=64m,mode=700', { target: '/x', sizeBytes: 64 * 1024 ** 2, mode: 0o700 }],
    ['/x:mode=1777', { target: '/x', sizeBytes: null, mode: 0o1777 }],
    ['/x:rw,nosuid,nodev,size=4096', { target: '/x', sizeBytes: 4096, mode: 0o1777 }],
  ])('reads %s', (text, tmpfs) => {
    expect(parseTmpfs(text)).toEqual(tmpfs);
  });

  it.each([
    ['', '"" is empty; use 1 to 4095 characters'],
    ['x', '"x" is relative; write an absolute path such as "/data"'],
    ['/dev/shm', '"/dev/shm" is reserved: /dev belongs to the sandbox'],
    ['/x:', '"/x:" has the option ""; use size=SIZE and mode=OCTAL'],
    ['/x:size', '"/x:size" has the option "size"; use size=SIZE and mode=OCTAL; did you mean "size="?'],
    ['/x:size=', expect.stringMatching(/^"" is not a size/)],
    ['/x:size=50%', expect.stringMatching(/^"50%" is not a size/)],
    ['/x:size=1m=2', expect.stringMatching(/has the option "size=1m=2"/)],
    ['/x:siez=1m', expect.stringMatching(/did you mean "size="\?$/)],
    ['/x:size=1m,size=2m', '"/x:size=1m,size=2m" gives size twice'],
    ['/x:exec', expect.stringMatching(/has the option "exec"/)],
    ['/x:size=1m,uid=0', expect.stringMatching(/has the option "uid=0"/)],
    ['/x:mode=4755', '"4755" is not a mode; use octal text from "0" to "01777"'],
    ['/x:mode=888', '"888" is not a mode; use octal text from "0" to "01777"'],
    ['/x:size=1m:rw', '"/x:size=1m:rw" is not a tmpfs; use /PATH[:size=SIZE,mode=OCTAL]'],
  ])('refuses %j', (text, line) => {
    expect(problemsOf(() => parseTmpfs(text))).toEqual([line]);
  });

  it('never crashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from(':/x=,sizemod174% \n\0')) }), (text) => {
        expect(problemsOf(() => parseTmpfs(text)).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('tmpfs of a job', () => {
  it('is resolved', () => {
    expect(
      jobWith({
        tmpfs: [
          { target: '/x', size: '1m' },
          { target: '/y', mode: '700' },
        ],
      }).tmpfs,
    ).toEqual([
      { target: '/x', sizeBytes: 1024 ** 2, mode: 0o1777 },
      { target: '/y', sizeBytes: null, mode: 0o700 },
    ]);
  });

  it.each([
    [{ tmpfs: [{ target: '/x', size: 'none' }] }, /^tmpfs\[0\]\.size: "none" is not a size/],
    [{ tmpfs: [{ path: '/x' }] }, /^tmpfs\[0\]\.path: unknown key; did you mean "target"\?$/],
    [
      { tmpfs: [{ target: '/x' }], mounts: [{ source: '/', target: '/x' }] },
      /^tmpfs\[0\]\.target: "\/x" is given twice$/,
    ],
  ])('%j', (part, line) => {
    expect(problemsWith(part)).toEqual([expect.stringMatching(line)]);
  });
});
