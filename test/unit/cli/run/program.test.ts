import { describe, expect, it } from 'vitest';
import { type ProgramPlace, planProgram } from '../../../../src/cli/run/program.js';

const place = (rest: Partial<ProgramPlace> = {}): ProgramPlace => ({
  cwd: '/home/me',
  isolation: 'full',
  image: 'host',
  workdir: '/box',
  filled: [],
  ...rest,
});

describe('a COMMAND that may be a file of the host', () => {
  const cases: readonly [command: string, source: string, dest: string][] = [
    ['./a.out', '/home/me/a.out', '/box/a.out'],
    ['../b', '/home/b', '/box/b'],
    ['bin/tool', '/home/me/bin/tool', '/box/tool'],
    ['/home/me/x', '/home/me/x', '/box/x'],
    ['/opt/tool', '/opt/tool', '/box/tool'],
    ['/usr/../opt/tool', '/opt/tool', '/box/tool'],
    ['/usrlocal/tool', '/usrlocal/tool', '/box/tool'],
    ['./-rf', '/home/me/-rf', '/box/-rf'],
    ['./a b\n', '/home/me/a b\n', '/box/a b\n'],
  ];
  it.each(cases)('%j', (command, source, dest) => {
    expect(planProgram(command, place())).toEqual({ source, dest });
  });
});

it('goes to the fresh working directory of a plain process', () => {
  const dest = planProgram('./a.out', place({ isolation: 'none' }))?.dest;
  expect(dest).toBe('./a.out');
});

describe('a COMMAND that is inside', () => {
  it.each(['python3', '/bin/sh', '/usr/bin/env', '/lib64/ld-linux-x86-64.so.2', '/opt/../bin/sh'])(
    '%j',
    (command) => {
      expect(planProgram(command, place())).toBeNull();
    },
  );

  it('is every absolute path when the image is not the host', () => {
    expect(planProgram('/opt/tool', place({ image: 'dir:/srv/root' }))).toBeNull();
    expect(planProgram('./tool', place({ image: 'dir:/srv/root' }))).not.toBeNull();
  });

  it('is what a mount, a tmpfs or --copy-in puts there', () => {
    expect(planProgram('/data/tool', place({ filled: ['/data'] }))).toBeNull();
    expect(planProgram('/data2/tool', place({ filled: ['/data'] }))).not.toBeNull();
    expect(planProgram('./tool', place({ filled: ['/box/tool'] }))).toBeNull();
    expect(planProgram('bin/tool', place({ filled: ['/w/bin/tool'], workdir: '/w' }))).toBeNull();
  });
});
