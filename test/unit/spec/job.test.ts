import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, DEFAULT_LIMITS, parseJob } from '../../../src/spec/index.js';
import { jobWith, problemsOf, problemsWith } from './support.js';

describe('a job', () => {
  it('needs nothing but a command', () => {
    expect(parseJob({ command: ['./bin/sum', '--fast'] })).toEqual({
      name: 'sum',
      image: 'host',
      imageId: null,
      entrypoint: null,
      command: ['./bin/sum', '--fast'],
      capabilities: CAPABILITIES,
      env: {},
      envFile: [],
      workdir: '/box',
      user: { uid: 1000, gid: 1000 },
      hostname: 'hotcell',
      stdin: { kind: 'empty' },
      files: [],
      mounts: [],
      tmpfs: [],
      outputs: [],
      limits: { ...DEFAULT_LIMITS, explicit: [] },
      network: 'none',
      isolation: 'full',
      readOnlyRoot: false,
      seccomp: 'default',
      tty: false,
      labels: {},
      allowDegraded: false,
    });
  });

  it('keeps what it is given', () => {
    const given = {
      name: 'my job',
      env: { A: '1', EMPTY: '', 'multi.line': 'a\nb' },
      workdir: '/data',
      hostname: 'box-1.example',
      outputs: ['out.txt', '/tmp/x'],
      network: 'loopback',
      isolation: 'namespaces',
      readOnlyRoot: true,
      seccomp: 'unconfined',
      tty: { rows: 24, cols: 80 },
      labels: { team: 'blue', note: '' },
      allowDegraded: true,
    };
    expect(jobWith(given)).toMatchObject(given);
  });

  it('resolves host paths from the base directory', () => {
    const job = parseJob(
      {
        command: ['x'],
        image: 'dir:rootfs',
        envFile: ['a.env'],
        stdin: { path: 'in' },
        files: { f: { path: '../f' } },
        mounts: [{ source: './m', target: '/m' }],
      },
      { baseDir: '/base/dir' },
    );
    expect(job).toMatchObject({
      image: 'dir:/base/dir/rootfs',
      envFile: ['/base/dir/a.env'],
      stdin: { path: '/base/dir/in' },
      files: [{ source: { path: '/base/f' } }],
      mounts: [{ source: '/base/dir/m' }],
    });
  });

  it('resolves them from the working directory unless told otherwise', () => {
    expect(parseJob({ command: ['x'], stdin: { path: 'in' } }).stdin).toEqual({
      kind: 'path',
      path: `${process.cwd()}/in`,
    });
  });

  it('is not changed by being parsed', () => {
    const given = Object.freeze({ command: Object.freeze(['x']), limits: Object.freeze({ memory: '1m' }) });
    expect(parseJob(given)).toEqual(parseJob(given));
  });
});

describe('the command', () => {
  it('is put together from entrypoint and args', () => {
    expect(parseJob({ entrypoint: ['sh', '-c'], args: ['true'] })).toMatchObject({
      command: ['sh', '-c', 'true'],
      name: 'sh',
    });
    expect(parseJob({ entrypoint: ['sh'] }).command).toEqual(['sh']);
    expect(parseJob({ entrypoint: ['sh'] }).entrypoint).toBeNull();
  });

  it.each([
    [{}, 'command: is missing; write a list such as ["./program", "--flag"]'],
    [{ args: ['x'] }, 'command: is missing; write a list such as ["./program", "--flag"]'],
    [{ cmd: ['x'] }, 'cmd: unknown key; did you mean "command"?'],
    [{ command: [] }, 'command: is empty; write a list such as ["./program", "--flag"]'],
    [{ entrypoint: [] }, 'entrypoint: is empty; write a list such as ["./program", "--flag"]'],
    [
      { command: [''] },
      'command: begins with "", which names no program; write a list such as ["./program", "--flag"]',
    ],
    [{ command: 'ls -l' }, 'command: "ls -l" is not a list; write ["./program", "--flag"]'],
    [{ command: ['ls', 5] }, 'command[1]: 5 is not text'],
    [{ command: ['ls', undefined] }, 'command[1]: is missing; expected text'],
    [
      { command: ['a'], entrypoint: ['b'] },
      'entrypoint: is given beside command; use command, or entrypoint with args',
    ],
    [{ command: ['a'], args: ['b'] }, 'args: go with entrypoint; put them into command'],
    [{ command: ['a\0b'] }, 'command[0]: contains a NUL character, where the text would end'],
    [{ command: ['a', '\ud83d'] }, 'command[1]: contains half of a surrogate pair, which has no UTF-8 form'],
    [
      { command: ['a', 'x'.repeat(131_072)] },
      expect.stringMatching(/^command\[1\]: ".*131073 bytes; Linux allows 131072/),
    ],
    [
      { command: Array.from({ length: 17 }, () => 'x'.repeat(131_000)) },
      'command: the arguments have 2227017 bytes together; at most 2097152',
    ],
    [
      { command: Array.from({ length: 65_537 }, () => 'x') },
      'command: a list of 65537 is too long; at most 65536 entries',
    ],
  ])('%#: is refused with one line', (given, line) => {
    expect(problemsOf(() => parseJob(given))).toEqual([line]);
  });

  it('passes every argument on as it is', () => {
    const command = ['a', '', ' ', '-rf', '\n', '$HOME', '"', "'", '\u001b[31m', 'é', '😀'];
    expect(parseJob({ command }).command).toEqual(command);
  });
});

describe('the name', () => {
  it.each([
    [['/usr/bin/gcc'], 'gcc'],
    [['a/b/'], 'b'],
    [['/'], '/'],
    [['/bin/ '], 'program'],
    [['a\nb'], 'a?b'],
    [['x'.repeat(500)], 'x'.repeat(100)],
    [['😀'.repeat(150)], '😀'.repeat(100)],
  ])('of %j is %j', (command, name) => {
    expect(parseJob({ command }).name).toBe(name);
  });

  it.each(['', '   ', 'a\nb', 'a\0', '\u001b[31m', 'x'.repeat(201), '\u202egnp', '\u2028', '\ud800'])(
    'cannot be %j',
    (name) => {
      expect(problemsWith({ name })).toEqual([expect.stringMatching(/^name: /)]);
    },
  );

  it('that is made from a program can be given back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (program) => {
        fc.pre(problemsOf(() => parseJob({ command: [program] })).length === 0);
        const { name } = parseJob({ command: [program] });
        expect(problemsWith({ name })).toEqual([]);
      }),
    );
  });
});

describe('the environment', () => {
  it.each([
    [{ 'A=B': '1' }, 'env["A=B"]: "A=B" is not a variable name: it contains "="'],
    [{ '': '1' }, 'env[""]: a variable has no name'],
    [{ 'A\nB': '1' }, 'env["A\\nB"]: "A\\nB" is not a variable name: it contains a control character'],
    [{ A: 'x\0' }, 'env.A: contains a NUL character, where the text would end'],
    [{ A: '\ud800' }, 'env.A: contains half of a surrogate pair, which has no UTF-8 form'],
    [{ PORT: 8080 }, 'env.PORT: 8080 is a number; put it in quotes: "8080"'],
    [{ DEBUG: true }, 'env.DEBUG: true is a boolean; put it in quotes: "true"'],
    [{ A: null }, 'env.A: expected text, not null'],
    [['A=1'], 'env: a list of 1 is not an object; write { "NAME": "value" }'],
    [
      { A: 'x'.repeat(131_072) },
      'env.A: name and value have 131075 bytes; Linux allows 131072 for one variable',
    ],
    [
      Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`V${i}`, ''])),
      'env: 4097 entries; at most 4096',
    ],
    [
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`V${i}`, 'x'.repeat(120_000)])),
      'env: the variables have 2400090 bytes together; at most 2097152',
    ],
  ])('%#: is refused with one line', (env, line) => {
    expect(problemsWith({ env })).toEqual([line]);
  });

  it('never shows a value', () => {
    expect(problemsWith({ env: { A: 'secret\0' } }).join()).not.toContain('secret');
  });

  it('takes names that mean something to JavaScript', () => {
    expect(jobWith({ env: { constructor: 'a', toString: 'b', hasOwnProperty: 'c' } }).env).toEqual({
      constructor: 'a',
      toString: 'b',
      hasOwnProperty: 'c',
    });
  });
});

describe('the other keys are refused with one line', () => {
  it.each([
    [{ workdir: 'box' }, 'workdir: "box" is relative; write an absolute path such as "/data"'],
    [{ workdir: '/a/../b' }, 'workdir: "/a/../b" contains ".."; write the path without it'],
    [{ workdir: '/a\nb' }, 'workdir: "/a\\nb" contains a newline; use printable characters only'],
    [
      { image: 'Host' },
      'image: "Host" is not an image; use "host", "dir:PATH" or the name of an image such as "debian:12"; did you mean "host"?',
    ],
    [{ image: 'dir:' }, 'image: "dir:" names no directory; use "dir:PATH"'],
    [
      { hostname: '-a' },
      'hostname: "-a" is not a host name; use letters, digits and inner "-", with "." between labels',
    ],
    [
      { hostname: '' },
      'hostname: "" is not a host name; use letters, digits and inner "-", with "." between labels',
    ],
    [{ hostname: 'a\0' }, expect.stringMatching(/^hostname: "a\\u0000" is not a host name/)],
    [{ hostname: 'x'.repeat(65) }, expect.stringMatching(/is too long; at most 64 characters$/)],
    [{ outputs: 'a' }, 'outputs: "a" is not a list; write ["path"]'],
    [{ outputs: ['../a'] }, 'outputs[0]: "../a" contains ".."; write the path without it'],
    [{ outputs: ['a', '/box/a'] }, 'outputs[1]: "/box/a" is given twice'],
    [{ network: 'bridge' }, 'network: "bridge" is not allowed; use one of none, loopback, host'],
    [
      { network: 'lopback' },
      'network: "lopback" is not allowed; use one of none, loopback, host; did you mean "loopback"?',
    ],
    [
      { isolation: 'FULL' },
      'isolation: "FULL" is not allowed; use one of full, namespaces, chroot, none; did you mean "full"?',
    ],
    [{ seccomp: null }, 'seccomp: null is not allowed; use one of default, strict, unconfined'],
    [{ readOnlyRoot: 'yes' }, 'readOnlyRoot: "yes" is not true or false'],
    [{ readOnly: true }, 'readOnly: unknown key; did you mean "readOnlyRoot"?'],
    [{ timeout: '1s' }, 'timeout: unknown key; did you mean "limits.wallTime"?'],
    [{ memory: '1m' }, 'memory: unknown key; did you mean "limits.memory"?'],
    [{ limits: '1m' }, 'limits: "1m" is not an object'],
    [{ tty: true }, 'tty: true is not a terminal; use false or { rows: 24, cols: 80 }'],
    [{ tty: { rows: 24 } }, 'tty.cols: is missing; expected a number'],
    [{ tty: { rows: 24, columns: 80 } }, 'tty.columns: unknown key; did you mean "cols"?'],
    [{ tty: { rows: 0, cols: 80 } }, 'tty.rows: 0 is too small; at least 1'],
    [{ tty: { rows: 1.5, cols: 80 } }, 'tty.rows: 1.5 is not a whole number'],
    [{ tty: { rows: 24, cols: 65_536 } }, 'tty.cols: 65536 is too large; at most 65535'],
    [
      { labels: { 'a\nb': 'x' } },
      'labels["a\\nb"]: "a\\nb" contains a newline; use printable characters only',
    ],
    [
      { labels: { a: 'x\u001b' } },
      'labels.a: "x\\u001b" contains the character U+001B; use printable characters only',
    ],
    [{ labels: { ['k'.repeat(129)]: 'x' } }, expect.stringMatching(/is too long; at most 128 characters$/)],
    [{ labels: { a: 'x'.repeat(4097) } }, expect.stringMatching(/is too long; at most 4096 characters$/)],
    [
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, ''])) },
      'labels: 65 entries; at most 64',
    ],
  ])('%j', (part, line) => {
    expect(problemsWith(part)).toEqual([line]);
  });
});
