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
  const cases: readonly [flags: string[], path: string, root: string | null, below?: string[]][] = [
    [['out.txt'], 'out.txt', '/here/out.txt'],
    [['out.txt:res.txt'], 'out.txt', '/here/res.txt'],
    [['out.txt:res/'], 'out.txt', '/here/res/out.txt'],
    [['out.txt:.'], 'out.txt', '/here/out.txt'],
    [['/tmp/out.txt:/abs'], '/tmp/out.txt', '/abs'],
    [['/box/out.txt'], 'out.txt', '/here/out.txt'],
    [['out'], 'out/a/b', '/here/out', ['a', 'b']],
    [['out:res'], 'out/a', '/here/res', ['a']],
    [['out:res', 'out/deep:d'], 'out/deep/x', '/here/d', ['x']],
    [['out'], 'outside', null],
    [['out'], 'out/../../etc/passwd', null],
    [['out'], '/etc/passwd', null],
    [[], 'x', null],
  ];

  it.each(cases)('%j of %j', (flags, path, root, below = []) => {
    const copies = flags.map((flag) => parseCopyOut(flag, '/here'));
    expect(placeOf(path, copies, '/box')).toEqual(root === null ? null : { root, below });
  });
});

describe('writing it', () => {
  const write = async (flag: string, path: string, text: string, mode = 0o644): Promise<string[]> => {
    const writer = await CopyOutWriter.prepare([parseCopyOut(flag, dir)], '/box');
    await writer.write({ path, mode, bytes: Buffer.from(text) });
    return writer.problems;
  };
  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');

  it('makes the directories, keeps the permissions, drops setuid', async () => {
    expect(await write('out', 'out/a/b.sh', 'hi', 0o4755)).toEqual([]);
    expect(read('out/a/b.sh')).toBe('hi');
    expect(statSync(join(dir, 'out/a/b.sh')).mode & 0o7777).toBe(0o755);
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
