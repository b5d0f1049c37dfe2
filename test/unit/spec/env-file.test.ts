import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvEntry, parseEnvFile, resolveEnvFiles } from '../../../src/spec/index.js';
import { jobWith, problemsOf } from './support.js';

const HOST = { HOME: '/home/me', EMPTY: '', UNSET: undefined };
const parse = (text: string): Record<string, string> => parseEnvFile(text, 'a.env', HOST);

describe('parseEnvFile', () => {
  it.each([
    ['', {}],
    ['A=1', { A: '1' }],
    ['A=1\nB=2\n', { A: '1', B: '2' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\uFEFFA=1', { A: '1' }],
    ['# comment\n\n   \n  # indented\nA=1', { A: '1' }],
    ['A=1 # not a comment', { A: '1 # not a comment' }],
    ['A="quoted" ', { A: '"quoted" ' }],
    ['A=b=c=d', { A: 'b=c=d' }],
    ['A=', { A: '' }],
    ['  A=1', { A: '1' }],
    ['A=1\nA=2', { A: '2' }],
    ['HOME', { HOME: '/home/me' }],
    ['EMPTY', { EMPTY: '' }],
    ['UNSET\nMISSING', {}],
    ['toString', {}],
    ['constructor=x', { constructor: 'x' }],
    ['a.b-c=1', { 'a.b-c': '1' }],
    ['É=é', { É: 'é' }],
  ])('reads %j', (text, env) => {
    expect(parse(text)).toEqual(env);
  });

  it.each([
    ['=1', ['a.env:1: a variable has no name']],
    ['\n\nA B=1', ['a.env:3: "A B" is not a variable name: it contains a blank']],
    ['A =1', ['a.env:1: "A " is not a variable name: it contains a blank']],
    ['export A=1', ['a.env:1: "export A" is not a variable name: it contains a blank']],
    ['A\0=1', ['a.env:1: "A\\u0000" is not a variable name: it contains a control character']],
    ['SECRET=hunter2\0', ['a.env:1: contains a NUL character, where the text would end']],
    ['A=\ud800', ['a.env:1: contains half of a surrogate pair, which has no UTF-8 form']],
    ['__proto__=1', ['a.env:1: "__proto__" is not allowed as a variable name']],
    [
      'A=1\n=\nB=2\nC D',
      ['a.env:2: a variable has no name', 'a.env:4: "C D" is not a variable name: it contains a blank'],
    ],
    [
      `A=${'x'.repeat(131_072)}`,
      ['a.env:1: name and value have 131075 bytes; Linux allows 131072 for one variable'],
    ],
    ['x'.repeat(4 * 1024 ** 2 + 1), ['a.env: 4194305 characters; at most 4194304 in an env file']],
  ])('refuses %j, with file and line', (text, lines) => {
    expect(problemsOf(() => parse(text))).toEqual(lines);
  });

  it('does not list a thousand problems', () => {
    const lines = problemsOf(() => parse('=\n'.repeat(1000)));
    expect(lines).toHaveLength(26);
    expect(lines.at(-1)).toBe('… and 975 more');
  });

  it('never repeats a value', () => {
    expect(problemsOf(() => parse('A=secret\0secret')).join()).not.toContain('secret');
  });

  const name = fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from('ABCxyz_019.-')) });
  const value = fc.string().filter((text) => !/[\0\r\n]/.test(text));

  it('reads back what is written', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (env) => {
        const text = Object.entries(env)
          .map(([key, text]) => `${key}=${text}\n`)
          .join('');
        expect(parse(text)).toEqual({ ...env });
      }),
    );
  });

  it('never crashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const line of problemsOf(() => parse(text))) expect(line).toMatch(/^a\.env:\d+: /);
      }),
    );
  });
});

describe('parseEnvEntry', () => {
  it.each([
    ['A=1', ['A', '1']],
    ['A=', ['A', '']],
    ['HOME', ['HOME', '/home/me']],
    ['MISSING', undefined],
    ['hasOwnProperty', undefined],
  ])('reads %j', (text, entry) => {
    expect(parseEnvEntry(text, HOST)).toEqual(entry);
  });

  it.each(['', '=', '=1', 'A\n=1', '__proto__', '__proto__=1'])('refuses %j', (text) => {
    expect(problemsOf(() => parseEnvEntry(text, HOST))).toHaveLength(1);
  });
});

describe('resolveEnvFiles', () => {
  const files: Record<string, string> = { '/a.env': 'A=1\nB=1\nC=1', '/b.env': 'B=2\nC=2' };
  const read = (path: string): Promise<string> => Promise.resolve(files[path] ?? '');

  it('lets later files win over earlier ones, and env over all', async () => {
    const job = jobWith({ envFile: ['/a.env', '/b.env'], env: { C: '3' } });
    const resolved = await resolveEnvFiles(job, read, HOST);
    expect(resolved).toEqual({ ...job, env: { A: '1', B: '2', C: '3' }, envFile: [] });
  });

  it('leaves a job without env files as it is', async () => {
    const job = jobWith({ env: { A: '1' } });
    expect(await resolveEnvFiles(job, read, HOST)).toBe(job);
  });

  it('bounds what comes out, and lets a failing read through', async () => {
    const many = Array.from({ length: 4097 }, (_, index) => `V${index}=`).join('\n');
    const job = jobWith({ envFile: ['/many'] });
    await expect(resolveEnvFiles(job, () => Promise.resolve(many), HOST)).rejects.toThrow(
      '4097 variables; at most 4096',
    );
    await expect(resolveEnvFiles(job, () => Promise.reject(new Error('ENOENT')), HOST)).rejects.toThrow(
      'ENOENT',
    );
  });
});
