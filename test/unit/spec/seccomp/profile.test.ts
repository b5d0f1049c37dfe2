import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { parseJob, parseSeccompProfile, parseSuite } from '../../../../src/spec/index.js';

const read = async (text: string) => await parseSeccompProfile(text, 'p.json');

const problem = async (text: string): Promise<string> =>
  await read(text).then(
    () => 'none',
    (error: unknown) => {
      if (!(error instanceof HotcellError) || error.code !== 'invalid-spec') throw error;
      return error.message;
    },
  );

const rule = (text: string): string =>
  `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO",${text}}]}`;

const NONE = { caps: [], arches: [], minKernel: null };

describe('a profile', () => {
  test('may have what docker writes where nothing is meant', async () => {
    const text = `{
      "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": null,
      "archMap": [{ "architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null }],
      "syscalls": [
        { "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "", "includes": {}, "excludes": {} },
        { "name": "write", "names": [], "action": "SCMP_ACT_ALLOW", "args": [] }
      ]
    }`;
    const plain = { action: 'SCMP_ACT_ALLOW', errnoRet: null, args: [], includes: NONE, excludes: NONE };
    expect(await read(text)).toEqual({
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: null,
      firstMatch: false,
      syscalls: [
        { names: ['read'], ...plain },
        { names: ['write'], ...plain },
      ],
    });
  });

  test('may name its errors as podman does', async () => {
    const text = `{"defaultAction":"SCMP_ACT_ERRNO","defaultErrno":"ENOSYS","defaultErrnoRet":1,"syscalls":[
      {"names":["read"],"action":"SCMP_ACT_ERRNO","errno":"EPERM","errnoRet":5},
      {"names":["write"],"action":"SCMP_ACT_ALLOW","errnoRet":7}]}`;
    const { defaultErrnoRet, syscalls } = await read(text);
    expect([defaultErrnoRet, ...syscalls.map(({ errnoRet }) => errnoRet)]).toEqual([38, 1, null]);
  });

  test('keeps every bit of a mask of 64', async () => {
    const text = rule(
      '"args":[{"index":5,"op":"SCMP_CMP_MASKED_EQ","value":18446744073709551615,"valueTwo":9007199254740993}]',
    );
    expect((await read(text)).syscalls[0]?.args).toEqual([
      { index: 5, op: 'SCMP_CMP_MASKED_EQ', value: '18446744073709551615', valueTwo: '9007199254740993' },
    ]);
  });

  test('knows conditions, with and without CAP_', async () => {
    const text = rule(
      '"includes":{"caps":["CAP_SYS_ADMIN"],"arches":["amd64"]},"excludes":{"minKernel":"5.10","caps":["chown"]}',
    );
    expect((await read(text)).syscalls[0]).toMatchObject({
      includes: { caps: ['SYS_ADMIN'], arches: ['amd64'], minKernel: null },
      excludes: { caps: ['CHOWN'], arches: [], minKernel: [5, 10] },
    });
  });

  test.each([
    ['', 'p.json:1:1: is empty; write { "defaultAction": …, "syscalls": […] }'],
    ['{"syscalls":[]}', /^p\.json:1:1: defaultAction: is missing; use one of SCMP_ACT_ALLOW, /],
    [
      '{\n "defaultAction":"SCMP_ACT_ALLOWED"}',
      /^p\.json:2:18: defaultAction: "SCMP_ACT_ALLOWED" is not allowed; use one of SCMP_ACT_ALLOW, .*; did you mean "SCMP_ACT_ALLOW"\?$/,
    ],
    [
      '{"defaultAction":"SCMP_ACT_NOTIFY"}',
      /^p\.json:1:18: defaultAction: "SCMP_ACT_NOTIFY" is not allowed; use one of/,
    ],
    ['{"default":"SCMP_ACT_ALLOW"}', 'p.json:1:2: default: unknown key; did you mean "defaultAction"?'],
    [
      '{"defaultAction":"SCMP_ACT_ALLOW","sycalls":[]}',
      'p.json:1:35: sycalls: unknown key; did you mean "syscalls"?',
    ],
    ['[1]', /^p\.json:1:1: .*not an object/],
    ['{"defaultAction":"SCMP_ACT_ALLOW",', /^p\.json:1:\d+: /],
    [
      rule('"args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]'),
      'p.json:1:108: syscalls[0].args[0].index: 6 is not an argument; use 0 to 5',
    ],
    [
      rule('"args":[{"index":0,"value":-1,"op":"SCMP_CMP_EQ"}]'),
      /args\[0\]\.value: -1 is not a whole number from 0/,
    ],
    [
      rule('"args":[{"index":0,"value":0.5,"op":"SCMP_CMP_EQ"}]'),
      /args\[0\]\.value: 0\.5 is not a whole number/,
    ],
    [
      rule('"args":[{"index":0,"value":18446744073709551616,"op":"SCMP_CMP_EQ"}]'),
      /has more than 64 bits; at most 18446744073709551615/,
    ],
    [
      rule('"args":[{"index":0,"value":1,"op":"SCMP_CMP_EQL"}]'),
      /op: "SCMP_CMP_EQL" is not allowed; .* did you mean "SCMP_CMP_EQ"\?/,
    ],
    [rule('"errnoRet":4096'), /errnoRet: 4096 is too large for SCMP_ACT_ERRNO; at most 4095/],
    [rule('"errno":"ENOSYSS"'), /errno: "ENOSYSS" is not an error of this system; did you mean "ENOSYS"\?/],
    [rule('"name":"write"'), /names: has both name and names; use names/],
    [
      rule('"includes":{"minKernel":"5"}'),
      /minKernel: "5" is not a version of the kernel; write one such as "5\.4"/,
    ],
    [
      rule('"includes":{"caps":["CAP_SYS_ADMN"]}'),
      /caps\[0\]: "CAP_SYS_ADMN" is not a capability; did you mean "SYS_ADMIN"\?/,
    ],
    [
      '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a b"],"action":"SCMP_ACT_KILL"}]}',
      /names\[0\]: "a b" is not the name of a system call/,
    ],
    [
      '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":[],"action":"SCMP_ACT_KILL"}]}',
      /names: names no system call/,
    ],
    [
      '{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_46"]}',
      /architectures\[0\]: .*did you mean "SCMP_ARCH_X86_64"\?/,
    ],
    ['{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/x"}', /listenerPath: unknown key/],
  ])('%s is refused with its place', async (text, message) => {
    const found = await problem(text);
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
  });

  test('is bounded in every respect', async () => {
    const many = (count: number, item: string) => Array.from({ length: count }, () => item).join();
    const names = `{"names":[${many(2048, '"read"')}],"action":"SCMP_ACT_ALLOW"}`;
    const whole = (rules: string) => `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[${rules}]}`;
    expect(await problem(whole(many(2049, '{"names":["read"],"action":"SCMP_ACT_KILL"}')))).toMatch(
      /too long; at most 2048/,
    );
    expect(await problem(whole(`{"names":[${many(2049, '"read"')}],"action":"SCMP_ACT_KILL"}`))).toMatch(
      /too long; at most 2048/,
    );
    expect(await problem(whole(many(9, names)))).toMatch(/18432 names in all rules; at most 16384/);
    expect(await problem('['.repeat(100_000))).toMatch(/^p\.json:1:\d+: /);
  });

  test('that is no profile is never more than refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        expect(typeof (await problem(text))).toBe('string');
      }),
      { numRuns: 200 },
    );
  });
});

const JOB = { command: ['true'] };

describe('in a job', () => {
  test.each(['default', 'strict', 'unconfined'] as const)('%s is a word', (seccomp) => {
    expect(parseJob({ ...JOB, seccomp }).seccomp).toBe(seccomp);
  });

  test('a file is taken from where the job is', () => {
    const job = parseJob({ ...JOB, seccomp: { path: 'p.json' } }, { baseDir: '/somewhere' });
    expect(job.seccomp).toEqual({ kind: 'file', path: '/somewhere/p.json' });
  });

  test('a policy may stand in it', () => {
    const seccomp = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['read'], action: 'SCMP_ACT_KILL' }],
    };
    expect(parseJob({ ...JOB, seccomp }).seccomp).toMatchObject({
      kind: 'profile',
      path: null,
      profile: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['read'], action: 'SCMP_ACT_KILL' }] },
    });
  });

  test.each([
    [
      'strcit',
      'seccomp: "strcit" is not allowed; use one of default, strict, unconfined; did you mean "strict"?',
    ],
    [{}, 'seccomp: is missing path or defaultAction'],
    [
      { path: 'a', defaultAction: 'SCMP_ACT_ALLOW' },
      'seccomp: has path and defaultAction; use only one of them',
    ],
    [{ file: 'a' }, 'seccomp.file: unknown key; did you mean "path"?'],
    [{ defaultAction: 'SCMP_ACT_LOGG' }, /^seccomp\.defaultAction: "SCMP_ACT_LOGG" is not allowed/],
  ])('%j is refused', (seccomp, message) => {
    expect(() => parseJob({ ...JOB, seccomp })).toThrow(expect.objectContaining({ code: 'invalid-spec' }));
    expect(() => parseJob({ ...JOB, seccomp })).toThrow(message);
  });

  test('a policy where the level of isolation has no filter is refused', () => {
    for (const isolation of ['namespaces', 'chroot', 'none'] as const) {
      for (const seccomp of ['strict', { path: 'p' }, { defaultAction: 'SCMP_ACT_KILL' }] as const) {
        expect(() => parseJob({ ...JOB, isolation, seccomp })).toThrow(
          `seccomp: needs isolation "full"; with "${isolation}" there is no filter`,
        );
      }
      expect(parseJob({ ...JOB, isolation }).seccomp).toBe('default');
    }
  });
});

describe('in a suite', () => {
  const suite = (job: object) =>
    parseSuite({ jobs: [{ name: 'j', command: ['./p'], ...job }] }, { baseDir: '/somewhere' });

  test('strict is for the program alone: its build and checker start others', () => {
    const build = { command: ['cc', 'p.c'], outputs: ['p'] };
    const checker = { command: ['./check'] };
    const found = suite({ seccomp: 'strict', build, expect: { checker } });
    expect(found.cases[0]?.program.job.seccomp).toBe('strict');
    expect(found.cases[0]?.expect.checker?.job.seccomp).toBe('default');
    expect(found.builds[0]?.job.seccomp).toBe('default');
  });

  test('another policy is for all of them', () => {
    const found = suite({ seccomp: 'unconfined', build: { command: ['cc', 'p.c'], outputs: ['p'] } });
    expect(found.builds[0]?.job.seccomp).toBe('unconfined');
  });

  test('a policy replaces the one that it would inherit, whole', () => {
    const found = parseSuite(
      {
        defaults: { seccomp: { defaultAction: 'SCMP_ACT_KILL', defaultErrnoRet: 1, syscalls: [] } },
        jobs: [{ command: ['./p'], seccomp: { path: 'p.json' } }],
      },
      { baseDir: '/somewhere' },
    );
    expect(found.cases[0]?.program.job.seccomp).toEqual({ kind: 'file', path: '/somewhere/p.json' });
  });
});
