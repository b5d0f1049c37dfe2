import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVolume } from '../../../src/spec/index.js';
import { problemsOf, problemsWith } from './support.js';

describe('parseVolume', () => {
  it.each([
    ['/a:/b', { source: '/a', target: '/b', mode: 'ro' }],
    ['/a:/b:ro', { source: '/a', target: '/b', mode: 'ro' }],
    ['/a:/b:rw', { source: '/a', target: '/b', mode: 'rw' }],
    ['/a:/b:overlay', { source: '/a', target: '/b', mode: 'overlay' }],
    ['/a:/b:O', { source: '/a', target: '/b', mode: 'overlay' }],
    ['./a:/b//c/./d/', { source: './a', target: '/b/c/d', mode: 'ro' }],
    ['../a b,c=d:/x y', { source: '../a b,c=d', target: '/x y', mode: 'ro' }],
    ['.:/b', { source: '.', target: '/b', mode: 'ro' }],
    ['/:/host', { source: '/', target: '/host', mode: 'ro' }],
  ])('reads %s', (text, mount) => {
    expect(parseVolume(text)).toEqual(mount);
  });

  it.each([
    ['', '"" is not a volume; use HOST:DEST[:ro|rw|overlay]'],
    ['/a', '"/a" is not a volume; use HOST:DEST[:ro|rw|overlay]'],
    ['/a:/b:ro:z', '"/a:/b:ro:z" is not a volume; use HOST:DEST[:ro|rw|overlay]'],
    [':/b', '"" is empty; name a path'],
    ['data:/b', '"data" is not a path; write "./data" (there are no named volumes)'],
    ['~/x:/b', '"~/x" is not a path; write "./~/x" (there are no named volumes)'],
    ['-rf:/b', '"-rf" is not a path; write "./-rf" (there are no named volumes)'],
    ['/a:', '"" is empty; use 1 to 4095 characters'],
    ['/a:b', '"b" is relative; write an absolute path such as "/data"'],
    ['/a:/', '"/" cannot be mounted over; use image "dir:PATH" for another root'],
    ['/a://.//', '"/" cannot be mounted over; use image "dir:PATH" for another root'],
    ['/a:/b/../c', '"/b/../c" contains ".."; write the path without it'],
    ['/a:/proc', '"/proc" is reserved: /proc belongs to the sandbox'],
    ['/a:/proc/self/fd', '"/proc/self/fd" is reserved: /proc belongs to the sandbox'],
    ['/a://sys/./fs', '"//sys/./fs" is reserved: /sys belongs to the sandbox'],
    ['/a:/dev/shm', '"/dev/shm" is reserved: /dev belongs to the sandbox'],
    ['/a:/b:wr', '"/a:/b:wr" has the mode "wr"; use one of ro, rw, overlay; did you mean "rw"?'],
    ['/a:/b:', '"/a:/b:" has the mode ""; use one of ro, rw, overlay'],
    ['/a:/b:ro,Z', '"/a:/b:ro,Z" has the mode "ro,Z"; use one of ro, rw, overlay'],
    ['/a\n:/b', '"/a\\n" contains a newline; use printable characters only'],
    ['/a:/b\0', '"/b\\u0000" contains a NUL character; use printable characters only'],
    [`/a:/${'x'.repeat(256)}`, expect.stringContaining('has a part of 256 bytes; at most 255')],
    [`/a:/${'x/'.repeat(3000)}`, expect.stringContaining('is too long; at most 4095 characters')],
    [`/a:/${'é/'.repeat(1500)}`, expect.stringContaining('is too long; at most 4095 bytes')],
  ])('refuses %j', (text, line) => {
    expect(problemsOf(() => parseVolume(text))).toEqual([line]);
  });

  const part = fc
    .string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...Array.from('abcXYZ019_-+@, ')) })
    .filter((text) => text.trim() !== '');
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/m${parts.join('/')}`);

  it('reads back what it is made of', () => {
    fc.assert(
      fc.property(path, path, fc.constantFrom('ro', 'rw', 'overlay'), (source, target, mode) => {
        expect(parseVolume(`${source}:${target}:${mode}`)).toEqual({ source, target, mode });
      }),
    );
  });

  it('never crashes, never leaves the sandbox', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from(':/.abroO,\n\0é')) }), (text) => {
        const problems = problemsOf(() => {
          const { target } = parseVolume(text);
          expect(target).toMatch(/^\/[^/]/);
          expect(target.split('/')).not.toContain('..');
        });
        expect(problems.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('mounts of a job', () => {
  it.each([
    [
      [{ source: '/a', target: '/b', mode: 'r' }],
      'mounts[0].mode: "r" is not allowed; use one of ro, rw, overlay; did you mean "ro"?',
    ],
    [[{ src: '/a', target: '/b' }], 'mounts[0].src: unknown key; did you mean "source"?'],
    [[{ source: '/a', dest: '/b' }], 'mounts[0].dest: unknown key; did you mean "target"?'],
    [['/a:/b'], 'mounts[0]: "/a:/b" is not an object'],
    ['/a:/b', 'mounts: "/a:/b" is not a list; write [{ source, target }]'],
    [
      [
        { source: '/a', target: '/b' },
        { source: '/c', target: '/b/' },
      ],
      'mounts[1].target: "/b" is given twice',
    ],
    [
      Array.from({ length: 129 }, (_, i) => ({ source: '/a', target: `/b${i}` })),
      'mounts: a list of 129 is too long; at most 128 entries',
    ],
  ])('%j', (mounts, line) => {
    expect(problemsWith({ mounts })).toEqual([line]);
  });
});
