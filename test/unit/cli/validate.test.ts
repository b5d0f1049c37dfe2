import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suiteKit } from '../../../src/cli/suite-kit.js';
import { cli, FakeIo } from './support.js';

let io: FakeIo;

beforeEach(() => {
  io = new FakeIo();
  io.cwd = mkdtempSync(join(tmpdir(), 'hotcell-validate-'));
});

afterEach(() => {
  rmSync(io.cwd, { recursive: true });
});

const validate = async (...argv: string[]) =>
  await cli(['validate', ...argv], { io, loadKit: async () => suiteKit });

const write = (name: string, content: string): void => writeFileSync(join(io.cwd, name), content);

describe('validate', () => {
  it('shows every problem of every file, with its place', async () => {
    write('a.suite.yaml', 'jobs:\n  - name: x\n    comand: [true]\n  - nmae: y\n    command: [a]\n');
    write('b.suite.yaml', 'jobs: 7\n');
    const { code, out, err } = await validate();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hotcell: a\.suite\.yaml:3:5: .*"?command"?/m);
    expect(err).toMatch(/^hotcell: a\.suite\.yaml:4:5: .*"?name"?/m);
    expect(err).toMatch(/^hotcell: b\.suite\.yaml:1:\d+: /m);
  });

  it('says what it has read when nothing is wrong', async () => {
    write('a.suite.yaml', 'jobs:\n  - { name: x, command: ["true"], cases: [{ name: a }, { name: b }] }\n');
    expect(await validate('a.suite.yaml')).toMatchObject({
      code: 0,
      out: '1 suite, 2 cases, 0 builds: nothing is wrong with them\n',
    });
    io = Object.assign(new FakeIo(), { cwd: io.cwd });
    expect(await validate('-q')).toMatchObject({ code: 0, out: '', err: '' });
  });

  it('refuses less than the usual sandbox, unless that is allowed', async () => {
    write('a.suite.yaml', 'jobs:\n  - { name: x, command: ["true"], isolation: none }\n');
    expect(await validate()).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'a.suite.yaml:2:46: jobs[0].isolation: "none" is no boundary; allow it with --allow-unsafe',
      ),
    });
    io = Object.assign(new FakeIo(), { cwd: io.cwd });
    expect(await validate('--allow-unsafe')).toMatchObject({ code: 0, err: '' });
  });

  it('refuses what is not there', async () => {
    expect(await validate('missing.yaml')).toMatchObject({ code: 2, out: '' });
  });
});

describe('init', () => {
  it('writes a suite in which nothing is wrong', async () => {
    expect(await cli(['init', 'new/suite'], { io })).toMatchObject({
      code: 0,
      out: 'wrote new/suite/hotcell.yaml and new/suite/count-words.sh\nnow: hotcell test new/suite\n',
    });
    const { code, err } = await validate('new/suite');
    expect([code, err]).toEqual([0, '']);
  });

  it('replaces nothing unless it is told to', async () => {
    write('count-words.sh', 'mine');
    const { code, err } = await cli(['init'], { io });
    expect([code, err]).toEqual([
      2,
      `hotcell init: "${join(io.cwd, 'count-words.sh')}" is there already; --force replaces it\n`,
    ]);
    expect(await validate()).toMatchObject({ code: 2 });
    expect(await cli(['init', '--force'], { io })).toMatchObject({ code: 0 });
    expect(await validate()).toMatchObject({ code: 0 });
  });

  it('says why it cannot write', async () => {
    write('file', '');
    expect(await cli(['init', 'file/x'], { io })).toMatchObject({
      code: 125,
      err: `hotcell: cannot write to "${join(io.cwd, 'file/x')}": not a directory\n`,
    });
    expect(await cli(['init', ''], { io })).toMatchObject({ code: 2 });
  });
});
