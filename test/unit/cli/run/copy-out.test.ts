import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCopyOut } from '../../../../src/cli/run/copy.js';
import { CopyOutWriter, placeOf } from '../../../../src/cli/run/copy-out.js';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-out-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('where a file goes', () => {
  const cases: readonly [flag: string, path: string, root: string | null, below?: string[]][] = [
    ['out.txt', '/box/out.txt', '/here/out.txt'],
    ['out.txt:res.txt', '/box/out.txt', '/here/res.txt'],
    ['out.txt:res/', '/box/out.txt', '/here/res/out.txt'],
    ['out.txt:.', '/box/out.txt', '/here/out.txt'],
    ['/tmp/out.txt:/abs', '/tmp/out.txt', '/abs'],
    ['/box/out.txt', '/box/out.txt', '/here/out.txt'],
    ['out', '/box/out/a/b', '/here/out', ['a', 'b']],
    ['out:res', '/box/out/a', '/here/res', ['a']],
    ['out:res', 'out/a', '/here/res', ['a']],
    ['out', '/box/outside', null],
    ['out', '/box/out/../../etc/passwd', null],
    ['out', '/etc/passwd', null],
  ];

  it.each(cases)('%j of %j', (flag, path, root, below = []) => {
    const place = placeOf(path, parseCopyOut(flag, '/here'), '/box');
    expect(place).toEqual(root === null ? null : { root, below });
  });
});

describe('writing it', () => {
  const write = async (flag: string, path: string, text: string, mode = 0o644): Promise<string[]> => {
    const writer = await CopyOutWriter.prepare([parseCopyOut(flag, dir)], '/box');
    await writer.write({ kind: 'file', output: 0, path, mode, bytes: Buffer.from(text) });
    return writer.problems;
  };
  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');

  it('makes the directories, keeps the permissions, drops setuid', async () => {
    expect(await write('out', 'out/a/b.sh', 'hi', 0o4755)).toEqual([]);
    expect(read('out/a/b.sh')).toBe('hi');
    expect(statSync(join(dir, 'out/a/b.sh')).mode & 0o7777).toBe(0o755);
  });

  it('makes directories, also empty ones', async () => {
    const writer = await CopyOutWriter.prepare([parseCopyOut('out', dir)], '/box');
    const directory = { kind: 'directory', output: 0, mode: 0o755, bytes: new Uint8Array() } as const;
    await writer.write({ ...directory, path: '/box/out' });
    await writer.write({ ...directory, path: '/box/out/empty' });
    expect([writer.problems, statSync(join(dir, 'out/empty')).isDirectory()]).toEqual([[], true]);
  });

  it('puts things into a directory that is there', async () => {
    mkdirSync(join(dir, 'res'));
    expect(await write('out.txt:res', 'out.txt', 'hi')).toEqual([]);
    expect(read('res/out.txt')).toBe('hi');
  });

  it('replaces a file as a whole, and leaves nothing else', async () => {
    writeFileSync(join(dir, 'out.txt'), 'old and longer');
    expect(await write('out.txt', 'out.txt', 'new')).toEqual([]);
    expect(read('out.txt')).toBe('new');
    expect(readdirSync(dir)).toEqual(['out.txt']);
  });

  it("keeps the user's link to a file", async () => {
    writeFileSync(join(dir, 'real'), 'old');
    symlinkSync('real', join(dir, 'out.txt'));
    expect(await write('out.txt', 'out.txt', 'new')).toEqual([]);
    expect(read('real')).toBe('new');
  });

  it('follows no link where the program chose the path', async () => {
    mkdirSync(join(dir, 'elsewhere'));
    mkdirSync(join(dir, 'res/out'), { recursive: true });
    writeFileSync(join(dir, 'elsewhere/keys'), 'mine');
    symlinkSync('../../elsewhere', join(dir, 'res/out/link'));
    symlinkSync('../../elsewhere/keys', join(dir, 'res/out/keys'));
    const [problem] = await write('out:res', 'out/link/keys', 'evil');
    expect(problem).toMatch(/^--copy-out: ".*\/res\/out\/link\/keys": /);
    expect(await write('out:res', 'out/keys', 'new')).toEqual([]);
    expect(read('elsewhere/keys')).toBe('mine');
    expect(read('res/out/keys')).toBe('new');
  });

  it('says what could not be written', async () => {
    mkdirSync(join(dir, 'res/out.txt'), { recursive: true });
    expect(await write('out.txt:res', 'out.txt', 'x')).toEqual([
      `--copy-out: "${join(dir, 'res/out.txt')}": is a directory`,
    ]);
  });

  it('writes to a device, and does not replace it', async () => {
    expect(await write('out.txt:/dev/null', 'out.txt', 'x')).toEqual([]);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
