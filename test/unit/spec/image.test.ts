import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageKind, parseImageRef, parseJob } from '../../../src/spec/index.js';
import { jobWith, problemsOf, problemsWith } from './support.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image', () => {
  it.each([
    'debian',
    'debian:12',
    'debian:12-slim_1.0',
    'library/debian',
    'a/b/c/d',
    'registry.example/team/tool:v3',
    'registry.example:5000/tool',
    'localhost:5000/tool:latest',
    '127.0.0.1:5000/tool',
    '[::1]:5000/tool',
    `debian@${DIGEST}`,
    `debian:12@${DIGEST}`,
    DIGEST,
    'a1b2',
    'a1b2c3d4e5f6',
    'host:latest',
    'hots',
    `${'n'.repeat(255)}:${'t'.repeat(128)}@${DIGEST}`,
  ])('may be %s', (reference) => {
    expect(parseImageRef(reference)).toBe(reference);
    expect(imageKind(reference)).toEqual({ kind: 'store', reference });
  });

  it('is the host, or a directory of it, by words of their own', () => {
    expect(imageKind(jobWith({}).image)).toEqual({ kind: 'host' });
    expect(imageKind(jobWith({ image: 'dir:/srv/root' }).image)).toEqual({ kind: 'dir', path: '/srv/root' });
    expect(jobWith({ image: 'debian' }).image).toBe('debian');
  });

  const forms = 'use "host", "dir:PATH" or the name of an image such as "debian:12"';
  it.each([
    ['', `"" is not an image; ${forms}`],
    ['Debian:12', `"Debian:12" is not an image; ${forms}; did you mean "debian:12"?`],
    ['debian:', `"debian:" is not an image; ${forms}`],
    [':12', `":12" is not an image; ${forms}`],
    ['debian:12:13', `"debian:12:13" is not an image; ${forms}`],
    ['-debian', `"-debian" is not an image; ${forms}`],
    ['a//b', `"a//b" is not an image; ${forms}`],
    ['a b', `"a b" is not an image; ${forms}`],
    [`debian@${DIGEST}0`, expect.stringContaining('is not an image')],
    ['debian@sha256:abc', `"debian@sha256:abc" is not an image; ${forms}`],
    ['debian\n', `"debian\\n" is not an image; ${forms}`],
    ['x'.repeat(100_000), expect.stringContaining('(100000 characters) is not an image')],
    ['./rootfs', '"./rootfs" is not an image; use "dir:PATH" for a directory of this host'],
    ['/srv/root', '"/srv/root" is not an image; use "dir:PATH" for a directory of this host'],
    ['dri:/srv', '"dri:/srv" is not an image; use "dir:PATH" for a directory of this host'],
    ['oci:./layout', '"oci:./layout" is not an image; use "dir:PATH" for a directory of this host'],
    [
      './debian.tar.xz',
      '"./debian.tar.xz" is not an image; load it with "hotcell image load -i PATH" and use the name that it has then',
    ],
  ])('cannot be %j', (image, message) => {
    const [line, ...more] = problemsOf(() => parseImageRef(image));
    expect(more).toEqual([]);
    expect(line).toEqual(message);
  });

  it('is found wrong quickly, however long it is', () => {
    const parts = fc.constantFrom('a', 'a.', 'a-', '__', '/', ':', '@', 'a:', '[', 'A');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 500 }), (text) => {
        problemsOf(() => parseImageRef(text.join('')));
      }),
      { numRuns: 500, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
    );
  });
});

describe('a job in an image of the store', () => {
  it('leaves open what the image may say', () => {
    expect(jobWith({ image: 'debian', command: undefined })).toMatchObject({
      name: 'debian',
      image: 'debian',
      imageId: null,
      entrypoint: null,
      command: null,
      workdir: null,
      user: null,
    });
  });

  it.each([
    [{ command: ['a', 'b'] }, null, ['a', 'b']],
    [{ args: ['a'] }, null, ['a']],
    [{ command: [] }, null, []],
    [{ entrypoint: ['e'] }, ['e'], []],
    [{ entrypoint: ['e'], args: ['a'] }, ['e'], ['a']],
    [{ entrypoint: [], args: ['a'] }, [], ['a']],
  ])('says with %j what it says itself', (given, entrypoint, command) => {
    expect(jobWith({ image: 'debian', command: undefined, ...given })).toMatchObject({ entrypoint, command });
  });

  it.each([
    [{ image: 'registry.example:5000/team/tool:v3' }, 'tool'],
    [{ image: `tool@${DIGEST}` }, 'tool'],
    [{ image: 'tool', command: ['--flag'] }, 'tool'],
    [{ image: 'tool', command: ['/bin/ls'] }, 'ls'],
    [{ image: 'tool', entrypoint: ['/bin/sh'], args: ['-c'] }, 'sh'],
  ])('%j has a name', (given, name) => {
    expect(jobWith({ command: undefined, ...given }).name).toBe(name);
  });

  it('has no file twice, as far as that can be known', () => {
    expect(problemsWith({ image: 'debian', outputs: ['a', '/box/a'] })).toEqual([]);
    expect(problemsWith({ image: 'debian', outputs: ['a', 'a'] })).toEqual([
      'outputs[1]: "a" is given twice',
    ]);
    expect(problemsWith({ image: 'debian', workdir: '/w', outputs: ['a', '/w/a'] })).toEqual([
      'outputs[1]: "/w/a" is given twice',
    ]);
  });

  it.each([
    [
      { command: ['a'], entrypoint: ['b'] },
      'entrypoint: is given beside command; use command, or entrypoint with args',
    ],
    [{ command: ['a'], args: ['b'] }, 'args: go with entrypoint; put them into command'],
    [
      { command: Array.from({ length: 17 }, () => 'x'.repeat(131_000)) },
      'command: the arguments have 2227017 bytes together; at most 2097152',
    ],
  ])('%#: cannot say it twice, or too much', (given, line) => {
    expect(problemsOf(() => parseJob({ image: 'debian', ...given }))).toEqual([line]);
  });
});

describe('capabilities', () => {
  const all = jobWith({}).capabilities;

  it('are all that root may have, and less by capDrop', () => {
    expect(all).toHaveLength(11);
    expect(jobWith({ capDrop: ['chown', 'CAP_KILL', 'NET_RAW'] }).capabilities).toEqual(
      all.filter((name) => !['CHOWN', 'KILL'].includes(name)),
    );
    expect(jobWith({ capDrop: ['ALL'] }).capabilities).toEqual([]);
    expect(jobWith({ capDrop: ['all'], capAdd: ['cap_setuid', 'SETGID'] }).capabilities).toEqual([
      'SETGID',
      'SETUID',
    ]);
    expect(jobWith({ capDrop: ['CHOWN'], capAdd: ['CHOWN'] }).capabilities).toEqual(all);
    expect(jobWith({ capDrop: ['ALL'], capAdd: ['ALL'] }).capabilities).toEqual(all);
  });

  it.each([
    [
      { capAdd: ['SYS_ADMIN'] },
      `capAdd[0]: "SYS_ADMIN" is never given; a program can have ${all.join(', ')}`,
    ],
    [{ capAdd: ['CHWON'] }, 'capAdd[0]: "CHWON" is not a capability; did you mean "CHOWN"?'],
    [{ capDrop: ['xyz'] }, 'capDrop[0]: "xyz" is not a capability; use a name such as "NET_RAW", or "ALL"'],
    [{ capDrop: 'ALL' }, 'capDrop: "ALL" is not a list; write ["CHOWN"]'],
    [{ cap_drop: ['ALL'] }, 'cap_drop: unknown key; did you mean "capDrop"?'],
  ])('%j is refused', (given, line) => {
    expect(problemsWith(given)).toEqual([line]);
  });
});
